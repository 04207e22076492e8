# shellcheck shell=bash
# Shared by tests/check.sh, .ci/run and apps/reproduce.sh.

# quietly COMMAND...: runs it, and shows what it said only where it failed.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 </dev/null || status=$?
  [ "$status" = 0 ] || tail -n 200 "$log" >&2
  rm -f "$log"
  return "$status"
}

# configure DIRECTORY OPTION...: what is there already keeps the options that are not named.
configure() {
  local directory=$1 option settings=()
  shift
  [ -f "$directory/build.ninja" ] || { meson setup "$directory" "$@"; return; }
  for option; do [[ $option == --cross-file=* ]] || settings+=("$option"); done
  meson configure "$directory" "${settings[@]}"
}

# counts DIRECTORY: adds up the last run of meson test as "PASSED FAILED SKIPPED". An executable
# counts the cases of its closing line, a script counts one, and whatever failed without a closing
# line that says so counts one failure.
counts() {
  awk '
    function close_test() {
      if (name == "") return
      good = expects_failure ? status ~ /^exit status [1-9]/ : status == "exit status 0"
      if (closing) {
        passed += p; failed += f; skipped += s
        if (!good && f == 0) ++failed
      } else if (good && name !~ /:(unit|slow) /) {
        ++passed
      } else {
        ++failed
      }
      name = ""
    }
    /^=+ [0-9]+\/[0-9]+ =+$/ { close_test(); closing = 0 }
    /^test: / { name = $0; expects_failure = / control$/ }
    /^result: / { status = $0; sub(/^result: */, "", status) }
    /^cases: [0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { closing = 1; p = $2; f = $4; s = $6 }
    END { close_test(); print passed + 0, failed + 0, skipped + 0 }
  ' "$1/meson-logs/testlog.txt" 2>/dev/null || echo "0 1 0"
}

# summary PASSED FAILED SKIPPED: the closing line.
summary() {
  local line="$1 passed, $2 failed"
  [ "$3" = 0 ] || line+=", $3 skipped"
  echo "$line"
}
