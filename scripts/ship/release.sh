#!/usr/bin/env bash
# The last part of ship.sh: exports a finished run in bfloat16, scores what was exported (not what was trained), writes its card, and
# puts all of it in checkpoints/it-en of this checkout. To be run in the folder where the training ran, so that the model names its
# data as they lie there. Every test set (Italian<TAB>English) becomes a row of the card; the first is the split's.
#
#   scripts/ship/release.sh RUN 'NAME=TEST.tsv' ['NAME=TEST.tsv' ...]

set -euo pipefail
if [[ $# -lt 2 ]]; then
  sed -n '2,/^$/s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
run=$1
shift
made=exported/it-en
shipped=$here/../../checkpoints/it-en

attn() {
  echo "+ attn $*" >&2
  ${ATTN:-node "$here/../attn.mjs"} "$@"
}

rm -rf $made
attn export "$run" --precision bfloat16 --out $made
reports=()
for set in "$@"; do
  report=reports/it-en-$((${#reports[@]} + 1))
  attn eval --checkpoints $made --test "${set##*=}" --attention 0 --out $report
  reports+=("${set%=*}=$report/report.json")
done
node --import "$(dirname "$here")/../node_modules/tsx/dist/loader.mjs" "$here/card.ts" "$run" $made "${reports[@]}" >$made/README.md.new
mv $made/README.md.new $made/README.md
mkdir -p "$shipped"
for file in model.safetensors source.model target.model config.yaml README.md; do
  cp $made/$file "$shipped/$file.new"
  mv "$shipped/$file.new" "$shipped/$file"
done
echo "$(cd "$shipped" && pwd): $(du -sh "$shipped" | cut -f1)"
