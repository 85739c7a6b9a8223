# capture DEVICE SNAP PACKETS SECONDS PORT FILTER SSH_CONNECTION: packets of one device as pcap on stdout until stdin ends.
# Immediate mode, because the kernel otherwise keeps up to a second of packets that the end of tcpdump throws away.
# Exit: what tcpdump's was; 90 when it had ended by itself before stdin did, 91 when its time was over; 92 no such device.
capture() {
  device=$1 snap=$2 packets=$3 seconds=$4 port=$5 filter=$6
  case $device in '' | -* | */* | . | ..) exit 92 ;; esac
  [ -e "/sys/class/net/$device" ] || exit 92
  command -v tcpdump >/dev/null 2>&1 && command -v timeout >/dev/null 2>&1 || exit 127

  # Our own SSH connection, as this node sees it: a streamed capture of itself would feed on itself.
  set -f
  # shellcheck disable=SC2086 # four words: client address and port, our address and port
  set -- $7
  ours="tcp port $port"
  case "$1$3" in
    *[!0-9a-fA-F.:]* | '') ;;
    *) case $2$4 in *[!0-9]* | '') ;; *) ours="host $1 and host $3 and tcp port $4" ;; esac ;;
  esac
  [ -z "$filter" ] || filter="($filter) and "
  filter="${filter}not ($ours)"

  nice -n 19 timeout -k 2 "$seconds" \
    tcpdump -p -n -U --immediate-mode -s "$snap" -c "$packets" -i "$device" -w - -- "$filter" </dev/null &
  p=$!
  # Ends with the client's stdin: at stop, when the connection is lost, when the client dies; and with the time in any case.
  timeout "$((seconds + 5))" cat >/dev/null
  # What has just arrived still has to go through tcpdump, which is nice and throws away what it has not read when it is ended.
  sleep 0.3 2>/dev/null || sleep 1
  ended=yes
  read -r _ _ state _ 2>/dev/null <"/proc/$p/stat" && [ "$state" != Z ] && ended=no
  kill -TERM "$p" 2>/dev/null
  wait "$p"
  x=$?
  [ "$ended" = no ] && exit "$x"
  case $x in
    0) exit 90 ;;
    124 | 143) exit 91 ;;
    *) exit "$x" ;;
  esac
}
