# The node's own memory of a change, one directory per fix id, made once and never removed:
#   entry       first line the state, the rest one sentence     plan      hash of the approved plan
#   boot        boot id at the start                            before    node state before, after: at the end
#   fix         these scripts and the plan's commands           started   exists once the first step may have run,
#                                                                     with a word in it where a restart does not undo it
#   claim       how it ends: confirm, refused, late, asked, failed. Whoever makes it decides, once
#   how.*       the words that a claim may say; it is a second name of one, which takes no room,
#               and no inode but on file systems that count names (tmpfs)
#   difference  lines of node state that differ                 alive, applying   locks held by the processes at work
#   spare*      room and inodes for the end, in case the disk fills up meanwhile
ledger=/var/lib/netdiag/fix
# The batch that starts us bounds its files; what outlives it must not be bounded.
ulimit -S -f "$(ulimit -H -f)"

uptime_s() {
  read -r up _ </proc/uptime
  printf '%s\n' "${up%.*}"
}

pause() { sleep 0.1 2>/dev/null || sleep 1; }

# Older coreutils know no file argument and sync everything, which is slower and as safe.
keep() { sync "$@" 2>/dev/null || sync; }

# record STATE [SENTENCE]: the whole entry or the old one, also after a power cut and on a full disk; false when it is the old one.
record() {
  write "$@" || { rm -f spare*; write "$@"; } || { rm -f "entry.$$"; return 1; }
  mv -f "entry.$$" entry
  keep .
}

write() { { printf '%s\n' "$1" && printf '%s\n' "${2-}" | tr '\n' ' '; } >"entry.$$" && keep "entry.$$"; }

state() {
  s=begun
  [ ! -e entry ] || read -r s <entry
  printf '%s\n' "$s"
}

# claim HOW: true for the one who decides the end. A symbolic link where the words were not written yet.
claim() { { decide "$1" || { ! decided && rm -f spare* && decide "$1"; }; } && keep .; }

decide() { ln "how.$1" claim 2>/dev/null || ln -s "$1" claim 2>/dev/null; }

claimed() { readlink claim 2>/dev/null || cat claim 2>/dev/null; }

decided() { [ -L claim ] || [ -e claim ]; }

# said FILE: its beginning, fit for a sentence.
said() {
  words=$(head -c 300 "$1" 2>/dev/null | tr -c '[:print:]' ' ' | sed -e 's/  */ /g' -e 's/ $//')
  printf '%s' "${words:-no output}"
}

# compare: node state now against the saved one, as "-old" and "+new" lines.
compare() {
  rm -f spare*
  node_state >after
  if cmp -s before after; then
    : >difference
  elif command -v diff >/dev/null 2>&1; then
    diff -U0 before after | sed -e '1,2d' -e '/^@@/d' | head -n 400 | cut -c 1-400 >difference
  else
    echo '+(node state differs; diff is not installed)' >difference
  fi
  keep after difference
}

show() {
  printf 'netdiag-ledger 1\n%s\n' "$(state)"
  sed -n 2p entry 2>/dev/null | tr '\n' ' '
  printf '\n'
  [ ! -e difference ] || cat difference
}

refuse() {
  printf 'netdiag-ledger 1\nrefused\n%s\n' "$1"
  exit 0
}

# revive: what a ledger entry is worth when the node restarted, or when the processes that held it were killed.
revive() {
  case $(state) in refused | confirmed | rolled-back) return ;; esac
  if [ "$(claimed)" = confirm ]; then
    settle_confirmed
  elif [ "$(cat boot)" != "$(cat /proc/sys/kernel/random/boot_id)" ]; then
    if [ ! -e started ]; then
      record refused 'The node restarted before anything was changed.'
    elif [ -s started ]; then
      claim restarted
      sh "$ledger/$fix/fix" guard "$fix" detached
    else
      compare
      record rolled-back 'The node restarted, so what the change had set at run time is gone.'
    fi
  elif flock -n alive true; then
    if [ -e started ]; then
      claim asked
      sh "$ledger/$fix/fix" guard "$fix" detached
    elif sleep 2 && flock -n alive true && [ ! -e started ]; then
      claim refused
      record refused 'The change was interrupted before anything was changed.'
    fi
  fi
}

settle_confirmed() {
  compare
  record confirmed
}

# await SECONDS STATE…: until the entry is in one of the states.
await() {
  until=$(($(uptime_s) + $1))
  shift
  while [ "$(uptime_s)" -lt "$until" ]; do
    now=$(state)
    for wanted in "$@"; do [ "$now" != "$wanted" ] || return 0; done
    pause
  done
}

# consult VERB: status, confirm or roll-back.
consult() {
  if ! cd "$ledger/$fix" 2>/dev/null; then
    printf 'netdiag-ledger 1\nunknown\n\n'
    exit 0
  fi
  revive
  case $1 in
    confirm)
      if [ "$(state)" = applied ] && claim confirm; then
        settle_confirmed
        flock -w 5 alive true
      fi
      ;;
    roll-back)
      case $(state) in
        armed | applied | failed)
          claim asked
          revive
          await 100 rolled-back confirmed refused
          ;;
      esac
      ;;
  esac
  show
}
