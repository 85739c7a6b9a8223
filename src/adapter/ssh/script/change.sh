# One change of a node, by processes that outlive the SSH session which started them: `work` applies, `guard` restores.
# Their command lines are "sh ./fix work" and "sh ./fix guard": no word in them is one that a fix would kill by name.

no_room='The disk of the node has no room for the ledger in /var/lib/netdiag; nothing was changed.'

# begin HASH: records the fix id, once and for ever, and starts the work. `bring` writes the file `fix` with all scripts into
# the entry, false where there is no room; `whole` is false when not all of it arrived.
begin() {
  for tool in setsid flock timeout cmp readlink; do
    command -v "$tool" >/dev/null 2>&1 || refuse "The node has no $tool, so no rollback could be armed; nothing was changed."
  done
  mkdir -p "${ledger%/*}" && mkdir -p -m 700 "$ledger" || refuse 'The node cannot write its ledger in /var/lib/netdiag; nothing was changed.'
  if mkdir "$ledger/$fix" 2>/dev/null; then
    cd "$ledger/$fix" || exit 1
    exec 8>>alive
    flock -n 8
    keep "$ledger"
    cat /proc/sys/kernel/random/boot_id >boot && printf '%s\n' "$1" >plan && bring && record begun || refuse "$no_room"
    if whole; then
      setsid sh ./fix work "$fix" </dev/null >log 2>&1 &
    else
      record refused 'The change did not arrive whole; nothing was changed.'
    fi
    exec 8>&-
  elif [ ! -d "$ledger/$fix" ]; then
    refuse 'The node cannot write its ledger in /var/lib/netdiag; nothing was changed.'
  fi
  cd "$ledger/$fix" || exit 1
  await 100 applied refused confirmed rolled-back
  show
}

# work: everything between the record and "applied". Holds `alive` (8, inherited) and the node's lock (9).
work() {
  [ "$(state)" = begun ] || exit 0
  exec 9>>"$ledger/lock"
  if ! flock -n 9; then
    record refused "Another change is in progress on this node ($(said "$ledger/lock")); nothing was changed."
    exit 0
  fi
  for other in "$ledger"/*/started; do
    other=${other%/started}
    [ -e "$other/started" ] && [ "$(cat "$other/boot")" = "$(cat boot)" ] || continue
    read -r s <"$other/entry"
    case $s in confirmed | rolled-back | refused) ;; *)
      record refused "The change ${other##*/} on this node is not settled; nothing was changed."
      exit 0
      ;;
    esac
  done
  printf '%s\n' "$fix" >"$ledger/lock"
  node_state >before
  keep before
  # As much again as the end may need: the state afterwards, and how it differs.
  if ! head -c $(($(wc -c <before) * 2 + 65536)) /dev/zero >spare; then
    rm -f spare* before
    record refused "$no_room"
    exit 0
  fi

  # The end writes into what is there already, or gives it another name: the file system may have no inode left by then.
  for how in confirm refused late asked failed; do
    printf '%s\n' "$how" 2>/dev/null | cat >"how.$how" || break
  done
  if [ "$(cat how.failed 2>/dev/null)" != failed ] || ! touch got after difference spare.1 spare.2 spare.3 spare.4 spare.5 spare.6; then
    rm -f spare* before
    record refused "$no_room"
    exit 0
  fi

  exec 7>>applying
  flock -n 7
  # Whole seconds, rounded up: never earlier than promised.
  printf '%s\n' "$(($(uptime_s) + rollback_seconds + 1))" >deadline
  setsid sh ./fix guard "$fix" </dev/null >>log 2>&1 7>&- &
  tries=0
  until guarded; do
    tries=$((tries + 1))
    [ "$tries" -le 100 ] || disarm 'The rollback could not be armed; nothing was changed.'
    pause
  done
  record armed
  preconditions || disarm "$reason"
  guarded || disarm 'The rollback did not answer; nothing was changed.'
  if [ "${lasting:-0}" = 0 ]; then : >started; else echo lasting >started; fi
  keep started .
  if steps; then
    decided || record applied
  elif claim failed; then
    record failed "$reason"
  fi
  exec 7>&-
  # Nothing is left to do but to take the guard's place if somebody kills it.
  wait
  case $(state) in confirmed | rolled-back | refused) ;; *) guard ;; esac
}

# disarm SENTENCE: while nothing was changed; the next change can begin once the guard is gone.
disarm() {
  if claim refused; then
    wait
    record refused "$1"
    rm -f spare*
  fi
  exit 0
}

guarded() { [ -s guard ] && kill -0 "$(cat guard)" 2>/dev/null; }

# require NUMBER LABEL EXPECTED WORD…
require() {
  number=$1 label=$2
  printf '%s' "$3" >expected
  shift 3
  timeout -k 2 20 "$@" >got 2>got.err </dev/null 7>&- 8>&- 9>&-
  cmp -s expected got && return 0
  answer=got
  [ -s got ] || answer=got.err
  reason="Precondition $number no longer holds, so nothing was changed: $label now says \"$(said $answer)\" instead of \"$(said expected)\"."
  return 1
}

# step NUMBER LABEL INPUT WORD…: not later than the rollback.
step() {
  number=$1 label=$2 input=$3
  shift 3
  left=$(($(cat deadline) - $(uptime_s)))
  ! decided && [ "$left" -ge 1 ] || { reason="The time was over before step $number, $label."; return 1; }
  [ "$left" -le 20 ] || left=20
  fed timeout -k 2 "$left" "$@" >got 2>&1 7>&- 8>&- 9>&- && return 0
  reason="Step $number, $label, ended with status $? ($(said got)); the node restored itself."
  return 1
}

# guard [detached]: waits for the end to be decided, or decides at the deadline; then undoes.
guard() {
  if [ "${1-}" = detached ]; then
    exec 8>>alive 9>>"$ledger/lock"
    flock -n 8 || exit 0
    setsid sh ./fix guard "$fix" </dev/null >>log 2>&1 &
    exit 0
  fi
  printf '%s\n' $$ >guard.new
  mv -f guard.new guard
  deadline=$(cat deadline)
  until decided; do
    [ "$(uptime_s)" -lt "$deadline" ] || claim late
    pause
  done
  how=$(claimed)
  case $how in confirm | refused) exit 0 ;; esac
  # The step at hand ends by its own deadline, and no other begins once the claim is made.
  exec 7>>applying
  flock -w 40 7
  exec 7>&-
  case $how in
    late) sentence="Nobody confirmed the change within $rollback_seconds s, so the node restored itself." ;;
    failed) sentence=$(sed -n 2p entry) ;;
    restarted) sentence='The node restarted before the change was confirmed, so it undid what had been written.' ;;
    *) sentence='The node restored itself as asked.' ;;
  esac
  trouble=
  if [ -e started ]; then undos; fi
  # Links and addresses settle a moment after they are set.
  for tries in 1 2 3 4; do
    compare
    [ -s difference ] || break
    sleep 1
  done
  record rolled-back "$sentence$trouble"
}

# fed WORD…: a command that reads $input. Through a pipe, because a full disk must not keep an undo from what it needs.
fed() {
  if [ -n "$input" ]; then printf '%s' "$input" | "$@"; else "$@" </dev/null; fi
}

# undo NUMBER LABEL INPUT WORD…: each once, also when an earlier one failed.
undo() {
  number=$1 label=$2 input=$3
  shift 3
  [ ! -e "undone.$number" ] || return 0
  fed timeout -k 2 20 "$@" >got 2>&1 8>&- 9>&- ||
    trouble="$trouble Undo step $number, $label, ended with status $? ($(said got))."
  # A second name takes no inode.
  ln boot "undone.$number" 2>/dev/null
}
