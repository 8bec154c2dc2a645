#!/bin/sh
# What a rule set is worth on recordings of real water meters, by the tools that made the recordings:
#
#   scripts/yardstick.sh TOOLS DATA OUT RULES [options of make.mjs, such as --seed 2 --leak 5 --upload-daily]
#
# TOOLS holds make.mjs and score.mjs, DATA the set of homes (its licence goes with it: it is not part of this repository).
# Recordings are made in OUT once and used again; the table of score.mjs is printed at the end.
set -eu
tools=$1 data=$2 out=$3 rules=$4
shift 4
here=$(dirname "$0")/..
name=$(echo "made $*" | tr -cs 'a-z0-9.\n' '-')
made=$out/$name
[ -s "$made/incidents/truth.ndjson" ] || node "$tools/make.mjs" --data "$data" --out "$made" "$@"
result=$made/$(basename "$rules" .yaml)
for set in ordinary incidents; do
  node "$here/src/launch.js" backtest --recording "$made/$set/recording.ndjson.gz" \
    --registry "$made/$set/registry.csv" --rules "$rules" --out "$result/$set"
done
node "$tools/score.mjs" --data "$data" --ordinary "$result/ordinary/alerts.ndjson" \
  --incidents "$result/incidents/alerts.ndjson" --truth "$made/incidents/truth.ndjson"
