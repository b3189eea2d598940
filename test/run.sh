#!/bin/sh
# Runs the suites in order and sums them up in a last line "N passed, N failed, N skipped".
#   sh test/run.sh               all suites
#   sh test/run.sh unit http     some of them
#   ZUOXI_TEST_ALL=1 ...         nothing may be skipped
cd "$(dirname "$0")/.." || exit 1
[ $# -gt 0 ] || set -- unit http asterisk browser

ZUOXI_TALLY=$(mktemp) || exit 1
export ZUOXI_TALLY
trap 'rm -f "$ZUOXI_TALLY" "$ZUOXI_TALLY.cases"' EXIT
bad=0

missing=$(node --import tsx test/support/print-missing.ts) || bad=1
[ -z "$missing" ] || printf '%s\n' "$missing"

for suite; do
  [ -n "$(find "test/$suite" -name '*.test.ts' 2>/dev/null)" ] || continue
  printf '\n== %s\n' "$suite"
  began=$(date +%s)
  before=$(wc -l <"$ZUOXI_TALLY")
  # A case on real telephones or browsers may meet a busy machine: it gets a second chance, and the reporter names it. Suites of what
  # must never fail say this.retries(0).
  case $suite in asterisk | browser) retries=1 ;; *) retries=0 ;; esac
  timeout -k 10 2400 node_modules/.bin/mocha --retries "$retries" --reporter test/support/tally.ts "test/$suite/**/*.test.ts" || bad=1
  # A suite that broke off before its end, or hung, counts as one failure.
  [ "$(wc -l <"$ZUOXI_TALLY")" -gt "$before" ] || { echo "the suite $suite did not finish"; echo '0 1 0' >>"$ZUOXI_TALLY"; }
  printf '== %s took %s s\n' "$suite" "$(($(date +%s) - began))"
done

# shellcheck disable=SC2046
set -- $(awk '{ p += $1; f += $2; s += $3; r += $4 } END { print p + 0, f + 0, s + 0, r + 0 }' "$ZUOXI_TALLY")
[ "$2" -eq 0 ] || bad=1
if [ "${ZUOXI_TEST_ALL:-}" = 1 ] && [ "$3" -gt 0 ]; then
  echo 'ZUOXI_TEST_ALL=1 is set, and tests were skipped'
  bad=1
fi
[ -z "$missing" ] || printf '\n%s\n' "$missing"
echo
[ ! -f "$ZUOXI_TALLY.cases" ] || cat "$ZUOXI_TALLY.cases"
[ "$4" -eq 0 ] || echo "$4 passed only when retried"
echo "$1 passed, $2 failed, $3 skipped"
exit "$bad"
