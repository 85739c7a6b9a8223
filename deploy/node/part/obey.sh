# The commands of the order in the ledger's entry, for the processes that apply and restore.
preconditions() { each require; }
steps() { each apply; }
undos() { each undo; }

# each KEY: every command under that key with the text that goes with it; stops where one fails, but for undos.
each() {
  kind=$1 nth=0 pending= given=
  while IFS= read -r line <&5; do
    case $line in
      "$kind "*)
        one || return 1
        pending=${line#* } nth=$((nth + 1)) given=
        ;;
      'prints '* | 'reads '*)
        decode "${line#* }"
        given=$given$decoded
        ;;
      *)
        one || return 1
        pending=
        ;;
    esac
  done 5<order
  one
}

one() {
  [ -n "$pending" ] || return 0
  label="\`$(printf '%.160s' "$pending")\`"
  set -f
  set --
  for each in $pending; do
    decode "$each"
    set -- "$@" "$decoded"
  done
  set +f
  pending=
  set -- "$nth" "$label" "$given" "$@"
  case $kind in
    require) require "$@" ;;
    apply) step "$@" ;;
    undo) undo "$@" || : ;;
  esac
}
