# Commands whose words depend on the node, after decoding. Each part has a type; what has none is not let through.

ipv4() {
  case $1 in '' | *[!0-9.]* | .* | *. | *..*) return 1 ;; esac
  rest=$1. count=0
  while [ -n "$rest" ]; do
    number "${rest%%.*}" 0 255 || return 1
    rest=${rest#*.} count=$((count + 1))
  done
  [ "$count" -eq 4 ]
}

address() {
  case $1 in
    *:*) case $1 in *[!0-9a-fA-F:.]*) return 1 ;; esac && [ ${#1} -le 45 ] ;;
    *) ipv4 "$1" ;;
  esac
}

prefix() {
  case $1 in
    */*) ipv4 "${1%%/*}" && number "${1#*/}" 0 32 ;;
    *) ipv4 "$1" ;;
  esac
}

# As the kernel has it (dev_valid_name); a name that begins with a minus could be taken for an option, one with `=` for a value.
device() {
  case $1 in '' | . | .. | -* | */* | *[[:space:]]* | *=*) return 1 ;; esac
  [ ${#1} -le 15 ]
}

mark() {
  case $1 in
    0x*) case ${1#0x} in '' | *[!0-9a-fA-F]* | ?????????*) return 1 ;; esac ;;
    *) number "$1" 0 999999999 ;;
  esac
}

# typed WORD…: true for one of these commands.
typed() {
  case $1 in
    ip) shift && lookup "$@" ;;
    sysctl) [ $# -eq 2 ] && setting "$2" ;;
    find) [ $# -eq 5 ] && [ "$4 $5" = '-maxdepth 0' ] && written "$3" && [ "$2" = "${3%/*}" ] ;;
    cat) [ $# -eq 2 ] && written "$2" ;;
    ping) shift && echo_requests "$@" ;;
    curl) shift && syns "$@" ;;
    bash) dns_queries "$@" ;;
    *) false ;;
  esac
}

# A file of settings that netdiag writes: by its name, so that none with other people's secrets is one.
written() {
  case $1 in *[!A-Za-z0-9/._-]* | *..* | *//*) return 1 ;; esac
  case $1 in /etc/*/*netdiag*) case ${1##*/} in *netdiag*.conf) return 0 ;; esac ;; esac
  return 1
}

# ip -4 route get ADDRESS [from ADDRESS] [iif DEVICE] [mark MARK] · ip -4 route show PREFIX table main, or one table
lookup() {
  [ $# -ge 4 ] || return 1
  case "$1 $2 $3" in
    '-4 route show')
      [ $# -eq 5 ] && [ "$4" = table ] && number "$5" 1 999999999 && return
      [ $# -eq 6 ] && [ "$5 $6" = 'table main' ] && prefix "$4"
      return
      ;;
    '-4 route get') ipv4 "$4" || return 1 ;;
    *) return 1 ;;
  esac
  shift 4
  if [ "${1-}" = from ]; then { [ $# -ge 2 ] && ipv4 "$2" && shift 2; } || return 1; fi
  if [ "${1-}" = iif ]; then { [ $# -ge 2 ] && device "$2" && shift 2; } || return 1; fi
  if [ "${1-}" = mark ]; then { [ $# -ge 2 ] && mark "$2" && shift 2; } || return 1; fi
  [ $# -eq 0 ]
}

# One setting of one device, or the forwarding of all. Without `=`, which would set it; no other, because some are secrets.
setting() {
  case $1 in
    net/ipv4/ip_forward) return 0 ;;
    net/ipv4/conf/*/*) rest=${1#net/ipv4/conf/} ;;
    *) return 1 ;;
  esac
  case ${rest#*/} in '' | *[!a-z_]*) return 1 ;; esac
  device "${rest%%/*}"
}

# ping -n -c 1…50 -i 0.02|0.2 -W 1 -s 173…463 ADDRESS
echo_requests() {
  [ $# -eq 10 ] && [ "$1 $2 $4 $6 $7 $8" = '-n -c -i -W 1 -s' ] || return 1
  case $5 in 0.02 | 0.2) ;; *) return 1 ;; esac
  number "$3" 1 50 && number "$9" 173 463 || return 1
  shift 9
  ipv4 "$1"
}

# bash --norc -c PROGRAM dns-query ADDRESS 53 QUERY…, at most 50, each of at most 512 bytes as `\xHH`
dns_queries() {
  case $listed in "bash --norc -c $queries dns-query "*) ;; *) return 1 ;; esac
  [ $# -ge 8 ] && [ $# -le 57 ] && address "$6" && [ "$7" = 53 ] || return 1
  shift 7
  for query in "$@"; do
    [ ${#query} -le 2048 ] && [ -n "$query" ] || return 1
    case $query in *[!x0-9a-f\\]*) return 1 ;; esac
  done
  printf '%s\n' "$@" | grep -Evqx '(\\x[0-9a-f][0-9a-f])+' && return 1
  return 0
}

# curl -qv CONNECTION · curl -qv -Z --parallel-immediate --no-progress-meter CONNECTION [--next CONNECTION]…, at most 50
syns() {
  [ "${1-}" = -qv ] && shift || return 1
  most=1
  if [ "${1-} ${2-} ${3-}" = '-Z --parallel-immediate --no-progress-meter' ]; then
    most=50
    shift 3
  fi
  while [ "$most" -gt 0 ] && connection "$@"; do
    shift 14
    [ $# -gt 0 ] || return 0
    [ "$1" = --next ] && shift || return 1
    most=$((most - 1))
  done
  return 1
}

# A TLS connection that is given up at once, from a port of its own; what it brings is thrown away.
connection() {
  [ $# -ge 14 ] && [ "$1 $2 $3 $4 $5" = '-gksS -o /dev/null --noproxy *' ] || return 1
  case "$6 $7 $8 $9" in '--connect-timeout 0.8 --max-time 1' | '--connect-timeout 0.4 --max-time 0.6') ;; *) return 1 ;; esac
  shift 9
  [ "$1" = --local-port ] && number "$2" 61000 64999 && [ "$3" = -w ] || return 1
  [ "$4" = "syn $2 [%{local_ip}] %{num_connects} %{num_certs}\\n" ] || return 1
  target=${5#https://}
  [ "https://$target" = "$5" ] || return 1
  case $target in
    '['*']:'*'/') target=${target#[} && case ${target%%]*} in *:*) ;; *) return 1 ;; esac && address "${target%%]*}" && port=${target#*]:} ;;
    *:*/) ipv4 "${target%%:*}" && port=${target#*:} ;;
    *) return 1 ;;
  esac || return 1
  number "${port%/}" 1 65535
}

# bounded DEVICE SNAP PACKETS SECONDS FILTER: what a capture may ask for. Only words of netdiag's own filters, never an option.
bounded() {
  [ $# -eq 5 ] && device "$1" && number "$2" 1 256 && number "$3" 1 20000 && number "$4" 1 60 && [ ${#5} -le 512 ] || return 1
  case $5 in *[!a-z0-9.:\ \(\)]*) return 1 ;; esac
  # shellcheck disable=SC2046,SC2086 # the words of the filter
  for term in $(printf '%s' "$5" | tr '()' '  '); do
    case $term in host | port | tcp | udp | icmp | icmp6 | arp | and | or | not) ;; *) number "$term" 1 65535 || address "$term" || return 1 ;; esac
  done
}
