# An order: what people signed, read line by line. Every line is held against its grammar before any is acted upon.

sign='[][A-Za-z0-9_./:=,@+%^~#*?&;|(){}<>$-]'
octal='\\0([1-3][0-7][0-7]|0[1-7][0-7]|00[1-7])'
word="(($sign|\\\\\\\\|$octal)+|'')"

# well_formed FILE: every line is one that `orderOf` makes.
well_formed() {
  plain "$1" || return 1
  ! grep -Evqx -e 'netdiag order 1' -e 'end' -e "(fix|plan|cluster|node|machine|boot|host-key|risk|approvals|rollback) $word" \
    -e '(issued|expires) [0-9]+ [0-9TZ:-]+' -e "(require|apply|undo) $word( $word)*" \
    -e "(prints|reads) ([] -[^-~]|\\\\\\\\|\\\\n|$octal)+" "$1"
}

# header KEY: the next line of the order is this one; its words in $value.
header() {
  IFS= read -r line || return 1
  value=${line#"$1 "}
  [ "$1 $value" = "$line" ]
}

# moment: seconds and the same moment in words; in $seconds.
moment() {
  seconds=${value%% *}
  case $seconds in *[!0-9]* | 0*) return 1 ;; esac
  [ ${#seconds} -eq 10 ] || return 1
  [ "$(date -u -d "@$seconds" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null)" = "${value#* }" ]
}

# read_order FILE: its head in variables, true when all of it is in order; else $reason.
read_order() {
  reason='The order is not in the form that this gate knows'
  well_formed "$1" || return 1
  {
    IFS= read -r line && [ "$line" = 'netdiag order 1' ] &&
      header fix && fix=$value && fix_id "$fix" &&
      header plan && plan=$value && hexadecimal "$plan" 64 &&
      header cluster && header node &&
      header machine && machine=$value && header boot && boot=$value && header host-key &&
      header issued && moment && issued=$seconds && header expires && moment && expires=$seconds &&
      header risk && risk=$value && number "$risk" 1 3 &&
      header approvals && approvals=$value && number "$approvals" 1 9 &&
      header rollback && rollback_seconds=$value && number "$rollback_seconds" 1 3600 || return 1
    section=require after= steps=0
    while IFS= read -r line; do
      case $section.$line in
        'require.require '* | 'apply.apply '* | 'undo.undo '*) ;;
        'require.apply '*) section=apply ;;
        'apply.undo '*) section=undo ;;
        'require.prints '*) case $after in require | prints) ;; *) return 1 ;; esac ;;
        'apply.reads '* | 'undo.reads '*) case $after in apply | undo | reads) ;; *) return 1 ;; esac ;;
        apply.end | undo.end) section=over ;;
        *) return 1 ;;
      esac
      after=${line%% *} steps=$((steps + 1))
      [ "$steps" -le 2000 ] || return 1
      case $after in
        require | apply | undo)
          # shellcheck disable=SC2086 # encoded words
          { [ "$after" = require ] && is_listed "${line#* }"; } || may_change ${line#* } || {
            reason="No change may use $(printf '%.60s' "${line#* }") here ($rules)"
            return 1
          }
          ;;
      esac
    done
    [ "$section" = over ]
  } <"$1"
}

# in_force: whether this order is for this machine and this hour; else $reason.
in_force() {
  now=$(date +%s)
  [ "$machine" = "$(cat /etc/machine-id 2>/dev/null)" ] && hexadecimal "$machine" 32 ||
    { reason='The order is for another machine'; return 1; }
  [ "$boot" = "$(cat /proc/sys/kernel/random/boot_id)" ] || { reason='The order is from before this node restarted'; return 1; }
  [ "$issued" -le $((now + 30)) ] || { reason="The order is from the future, by this node's clock"; return 1; }
  [ "$now" -lt "$expires" ] || { reason='The order has expired'; return 1; }
  [ $((expires - issued)) -le 3600 ] || { reason='The order is in force for longer than an hour'; return 1; }
  [ "$rollback_seconds" -le "$most_rollback" ] ||
    { reason="The order lets the rollback wait for $rollback_seconds s, $rules allows $most_rollback s"; return 1; }
}

# split FILE: every signature into a file sig.N of its own, counted in $signatures.
split() {
  signatures=0 inside=no
  while IFS= read -r line; do
    case $inside.$line in
      'no.-----BEGIN SSH SIGNATURE-----') inside=yes signatures=$((signatures + 1)) ;;
      'yes.-----END SSH SIGNATURE-----')
        inside=no
        printf '%s\n' "$line" >>"$d/sig.$signatures"
        continue
        ;;
      yes.*[!A-Za-z0-9+/=]*) return 1 ;;
      yes.?*) ;;
      *) return 1 ;;
    esac
    [ "$signatures" -le 9 ] || return 1
    printf '%s\n' "$line" >>"$d/sig.$signatures"
  done <"$1"
  [ "$inside" = no ]
}

# signed ORDER SIGNATURES: by as many different people, with as many different keys, as the order and the rules demand; else $reason.
signed() {
  secure "$signers" || { reason="$signers is not there, or can be written by others than root"; return 1; }
  case $risk in 1) needed=$approvals1 ;; 2) needed=$approvals2 ;; *) needed=$approvals3 ;; esac
  [ "$approvals" -le "$needed" ] || needed=$approvals
  split "$2" || { reason='The signatures are not in the form that ssh-keygen gives'; return 1; }
  people=' ' keys=' ' good=0 nth=0
  while [ "$nth" -lt "$signatures" ]; do
    nth=$((nth + 1))
    reason="Signature $nth is not one of $signers under this order"
    who=$(ssh-keygen -Y find-principals -s "$d/sig.$nth" -f "$signers" 2>/dev/null) || return 1
    who=$(printf '%s\n' "$who" | sed -n 1p)
    case $who in '' | -* | *[!A-Za-z0-9@._,+-]*) return 1 ;; esac
    said=$(ssh-keygen -Y verify -f "$signers" -I "$who" -n netdiag-fix -s "$d/sig.$nth" <"$1" 2>/dev/null) || return 1
    key=${said##* }
    case $key in SHA256:?*) ;; *) return 1 ;; esac
    case $people$keys in *" $who "* | *" $key "*) continue ;; esac
    people="$people$who " keys="$keys$key " good=$((good + 1))
  done
  [ "$good" -ge "$needed" ] && return 0
  reason="The order needs the signatures of $needed different people, $good came"
  return 1
}
