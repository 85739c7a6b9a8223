# node_state: what a change may alter and a rollback must restore, as text that is equal when the state is equal: addresses,
# links, rules, routes of all tables in kernel order, net.* settings, netfilter rules, permanent neighbours and FDB entries.
# Left out, because they move by themselves: counters, lifetimes, timers, dates, learned entries, conntrack, secrets, and what
# the kernel derives from an IPv6 address once it is known to be unique (its local route, its multicast groups).
node_state() {
  part addresses ip -o address show |
    sed -e 's/\\ *valid_lft.*//' -e 's/ tentative//g' -e 's/ dadfailed//g'
  part links ip -d -o link show |
    sed -e 's/ [a-z_]*timer *[0-9.]*//g' -e 's/ promiscuity [0-9]*//' -e 's/ allmulti [0-9]*//'
  part rules ip -4 rule show
  part rules6 ip -6 rule show
  part routes ip -4 route show table all
  part routes6 ip -6 route show table all |
    sed -e 's/ expires [0-9]*sec//' -e '/ table cache /d' -e '/^local .* proto kernel/d' -e '/^anycast .* proto kernel/d'
  part nexthops ip nexthop show
  part neighbours ip neighbour show nud permanent
  part fdb bridge fdb show | grep -e '^part ' -e permanent -e static | grep -v -e '^33:33:' -e '^01:00:5e:'
  part settings sh -c 'sysctl -a -r "^net\." || sysctl -a | grep "^net\."' |
    grep -v -e nf_conntrack_count -e fastopen_key -e stable_secret -e '\.flush'
  part iptables iptables-save | sed -e '/^#/d' -e 's/ *\[[0-9]*:[0-9]*\]//'
  part ip6tables ip6tables-save | sed -e '/^#/d' -e 's/ *\[[0-9]*:[0-9]*\]//'
  part nftables nft -s list ruleset | sed -e '/^#/d' -e 's/ expires [0-9a-z]*//g'
}

# part NAME WORD…: the output of one command, headed; a command that is missing or fails says so, the same way each time.
part() {
  printf 'part %s\n' "$1"
  shift
  timeout -k 1 20 "$@" 2>/dev/null </dev/null || printf '(%s ended with %s)\n' "$1" $?
}
