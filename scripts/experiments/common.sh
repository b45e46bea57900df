# Shared by the experiments in this folder. Reads the call `SCRIPT CORPUS [--dry-run] [options]` and sets:
#   $corpus   the first argument
#   "$@"      the remaining options, for the training command
#   attn      prints a command and runs it; with --dry-run it only prints it, and a sweep prints its runs
#   leak_free prepares the corpus without leaks in datasets/leak-free, which most experiments use
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [[ ${1:--} == -* ]]; then
  sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2 # the comment at the top of the script
  exit 2
fi
corpus=$1
shift
dry_run=
if [[ ${1:-} == --dry-run ]]; then
  dry_run=1
  shift
fi

attn() {
  echo "+ attn $*" >&2
  if [[ -n $dry_run && $1 != sweep ]]; then return; fi
  # ATTN: another way to call attn, for instance from the sources
  ${ATTN:-node "$here/../attn.mjs"} "$@" ${dry_run:+--dry-run}
}

leak_free() {
  attn data split --corpus "$corpus" --out datasets/leak-free
  attn vocab --train datasets/leak-free/train.tsv --size 4000
  attn prepare --train datasets/leak-free/train.tsv
}
