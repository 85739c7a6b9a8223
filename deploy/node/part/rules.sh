# secure FILE: root's, and nobody else may write to it or to the directory that it is in.
secure() {
  for one in "$1" "${1%/*}"; do
    owner=$(stat -Lc '%u %a' "$one" 2>/dev/null) || return 1
    case $owner in '0 '*) ;; *) return 1 ;; esac
    case ${owner#0 } in *[2367]? | *[2367]) return 1 ;; esac
  done
}

# read_rules: approvals1 … approvals3, most_rollback, programs; false with $reason where the file is not to be trusted.
read_rules() {
  approvals1=1 approvals2=1 approvals3=2 most_rollback=300
  programs='cat find install ip rm sysctl'
  [ -e "$rules" ] || return 0
  secure "$rules" || { reason="$rules can be written by others than root"; return 1; }
  while read -r key value; do
    good=yes
    case $key in
      '' | '#'*) ;;
      approvals)
        # shellcheck disable=SC2086 # three numbers
        set -- $value
        [ $# -eq 3 ] && number "$1" 1 9 && number "$2" 1 9 && number "$3" 1 9 || good=no
        approvals1=${1-} approvals2=${2-} approvals3=${3-}
        ;;
      rollback) number "$value" 1 3600 && most_rollback=$value || good=no ;;
      programs) case $value in '' | *[!A-Za-z0-9._\ -]*) good=no ;; *) programs=$value ;; esac ;;
      *) good=no ;;
    esac
    [ "$good" = yes ] || { reason="$rules has a line that is no rule"; return 1; }
  done <"$rules"
}

# may_change WORD…: a program that a change may use, by its name alone. `ip` only where it starts no other program.
may_change() {
  case " $programs " in *" $1 "*) ;; *) return 1 ;; esac
  case $1 in *[!A-Za-z0-9._-]*) return 1 ;; esac
  [ "$1" = ip ] || return 0
  shift
  while :; do
    case ${1-} in -4 | -6 | -o | -d | -s) shift ;; address | link | neigh | nexthop | route | rule) return 0 ;; *) return 1 ;; esac
  done
}
