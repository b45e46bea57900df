# What the experiments beside this file share. It reads the call `SCRIPT CORPUS [--dry-run] [options of attn...]` and leaves:
#   $corpus   the first argument
#   "$@"      further options, for the command that trains: --max-minutes 5 for a quick try
#   attn      shows a command of attn and runs it; with --dry-run commands that write are only shown
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dry_run=
if [[ ${1:--} == -* ]]; then
  sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2 # the comment at the top of the script
  exit 2
fi
corpus=$1
shift
if [[ ${1:-} == --dry-run ]]; then
  dry_run=1
  shift
fi

attn() {
  echo "+ attn $*" >&2
  if [[ -z $dry_run ]]; then
    node "$here/../attn.mjs" "$@"
  elif [[ $1 == sweep ]]; then
    node "$here/../attn.mjs" "$@" --dry-run
  fi
}
