# decode WORD: its bytes in $decoded. `\0` and three octal digits, `\\`, and `\n` in texts; `''` is the empty word.
decode() {
  decoded=$1
  case $1 in
    "''") decoded= ;;
    *\\*)
      decoded=$(printf '%b.' "$1")
      decoded=${decoded%.}
      ;;
  esac
}

# is_listed LINE: a command that check may run, word by word.
is_listed() {
  case $fixed in *"
$1
"*) ;; *) return 1 ;; esac
}

# plain FILE: lines of printable ASCII, the last one whole, without the sign behind which shells look for their history.
plain() {
  [ "$(tr -d '\012\040\042-\176' <"$1" | wc -c)" -eq 0 ] && [ "$(tail -c 1 "$1" | tr -d '\012' | wc -c)" -eq 0 ]
}

# number WORD LOW HIGH: a whole number, at most nine digits, no leading zero.
number() {
  case $1 in '' | *[!0-9]* | 0?* | ??????????*) return 1 ;; esac
  [ "$1" -ge "$2" ] && [ "$1" -le "$3" ]
}

# fix_id WORD: what may name an entry of the ledger.
fix_id() {
  case $1 in '' | [!A-Za-z0-9]* | *[!A-Za-z0-9_-]*) return 1 ;; esac
  [ ${#1} -le 64 ]
}

hexadecimal() { # WORD LENGTH
  case $1 in *[!0-9a-f]*) return 1 ;; esac
  [ ${#1} -eq "$2" ]
}
