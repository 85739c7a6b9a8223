# greet: what this is, for a client that wants to know; no shell, no other program.
greet() {
  reason=
  read_rules || :
  printf 'netdiag-gate %s %s\napprovals %s %s %s\nrollback %s\n' "$gate_version" "$role" \
    "$approvals1" "$approvals2" "$approvals3" "$most_rollback"
  secure "$signers" || reason="$signers is not there, or can be written by others than root"
  if [ -n "$reason" ]; then
    printf 'trouble %s\n' "$reason"
  else
    printf 'signers %s\n' "$(grep -c '^[^#[:space:]]' "$signers")"
  fi
  cat /etc/machine-id /proc/sys/kernel/random/boot_id 2>/dev/null
  exit 126
}

# enter ROLE: with an environment of our own.
enter() {
  case $0 in /*) ;; *) exit 2 ;; esac
  command=${SSH_ORIGINAL_COMMAND-}
  [ ${#command} -le 2048 ] || command=
  exec env -i "PATH=$PATH" LC_ALL=C "SSH_CONNECTION=${SSH_CONNECTION-}" "SSH_ORIGINAL_COMMAND=$command" sh "$0" inside "$1"
}

# serve ROLE: one request; at most a few at a time.
serve() {
  role=$1
  set -f
  case $SSH_ORIGINAL_COMMAND in *[!\ -~]*) greet ;; esac
  # shellcheck disable=SC2086 # encoded words
  set -- $SSH_ORIGINAL_COMMAND
  case $role.${1-}.${2-}.$# in
    check.netdiag.batch.4 | fix.netdiag.batch.4)
      hexadecimal "$3" 32 && number "$4" 1 200 || greet
      set +f
      slot 12
      requests "$3" "$4"
      ;;
    check.netdiag.capture.7)
      shift 2
      decode "$1" && device=$decoded
      decode "$5" && filter=$decoded
      bounded "$device" "$2" "$3" "$4" "$filter" || greet
      port=${SSH_CONNECTION##* }
      number "$port" 1 65535 || port=22
      set +f
      slot 8
      capture "$device" "$2" "$3" "$4" "$port" "$filter" "$SSH_CONNECTION"
      ;;
    *) greet ;;
  esac
  exit
}

# slot MOST: a place among those of this role and verb; waits a moment for one.
slot() {
  slots=/run/netdiag-gate
  mkdir -m 700 "$slots" 2>/dev/null
  for tries in 1 2 3 4 5; do
    nth=0
    while [ "$nth" -lt "$1" ]; do
      nth=$((nth + 1))
      # A disk without room must not keep a confirmation out.
      (: >>"$slots/$role.$1.$nth") 2>/dev/null || return 0
      exec 6>>"$slots/$role.$1.$nth"
      flock -n 6 && return 0
    done
    sleep 1
  done
  greet
}

# requests NONCE SECONDS: stdin has one line `ask INDEX SECONDS WORD…` for each command, then `end`, then what an order is.
requests() {
  open_batch "$1" "$2"
  timeout 20 head -c 262145 >"$d/asked"
  [ "$(wc -c <"$d/asked")" -le 262144 ] && plain "$d/asked" || exit 1
  asked=0
  while IFS= read -r line; do
    case $line in 'ask '*) ;; *) break ;; esac
    line=${line#ask }
    index=${line%% *} line=${line#* }
    seconds=${line%% *} line=${line#* }
    number "$index" 0 499 && number "$seconds" 1 180 && [ "$asked" -lt 500 ] || exit 1
    asked=$((asked + 1))
    set -f
    set --
    for each in $line; do
      decode "$each"
      set -- "$@" "$decoded"
    done
    set +f
    if [ $# -gt 0 ] && permitted "$line" "$@"; then
      [ "$1" != netdiag ] || own "$@"
      if [ "$1" = netdiag ]; then
        shift
        set -- sh "$0" do "$@"
      fi
      ask "$index" "$seconds" self "$@"
    else
      set -- sh "$0" do deny
      ask "$index" "$seconds" self "$@"
    fi
  done <"$d/asked"
  flush
}

# permitted LINE WORD…: whether this key may ask for it.
permitted() {
  listed=$1
  shift
  case $role.$1.${2-}.$# in
    check.netdiag.node-state.2) return 0 ;;
    check.netdiag.ledger.4) fix_id "$3" && [ "$4" = status ] && return ;;
    fix.netdiag.ledger.4) fix_id "$3" && case $4 in status | confirm | roll-back) return 0 ;; esac ;;
    fix.netdiag.order.2) return 0 ;;
    check.netdiag.* | fix.*) return 1 ;;
  esac
  [ "$role" = check ] || return 1
  is_listed "$listed" || typed "$@"
}

# own netdiag order: it reads what came after the requests.
own() {
  if [ "$2" = order ]; then
    sed '1,/^end$/d' "$d/asked" >"$d/in"
    in=$d/in
  fi
}

# The gate's own commands, as processes of their own: they outlive neither their time nor, but for a change, the request.
own_command() {
  exec 6>&-
  case $1 in
    node-state) node_state ;;
    ledger)
      fix=$2
      consult "$3"
      ;;
    order) accept ;;
    *)
      echo 'the gate of this node does not let that through' >&2
      exit 126
      ;;
  esac
}

# accept: an order on stdin, then its signatures. Nothing is recorded of one that is refused here, so that nobody can use up a fix id.
accept() {
  place order
  [ -n "$d" ] || refuse 'The node has no room for an order; nothing was changed.'
  cat >"$d/sent" && sed '/^end$/q' "$d/sent" >"$d/order" && sed '1,/^end$/d' "$d/sent" >"$d/signatures" ||
    refuse 'The node has no room for an order; nothing was changed.'
  set -f
  reason=
  read_rules && read_order "$d/order" && in_force && signed "$d/order" "$d/signatures" || refuse "$reason; nothing was changed."
  set +f
  begin "$plan"
}

bring() { cp "$0" fix && cp "$d/order" order && cp "$d/signatures" signatures && cp "$signers" signers; }

whole() { cmp -s "$d/order" order && cmp -s "$0" fix; }

main() {
  case ${1-}.$# in
    check.1 | fix.1) enter "$1" ;;
    inside.2) serve "$2" ;;
    do.*) shift && own_command "$@" ;;
    work.2 | guard.2 | guard.3)
      fix=$2
      cd "$ledger/$fix" || exit 1
      rollback_seconds=$(sed -n 's/^rollback //p' order)
      lasting=$(grep -c '^reads ' order)
      case $1 in work) work ;; *) guard "${3-}" ;; esac
      ;;
    *)
      echo 'netdiag-gate check | fix: as the forced command of a key, see docs/security.md' >&2
      exit 2
      ;;
  esac
}

main "$@"
exit
