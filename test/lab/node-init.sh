#!/bin/sh
# The first process of a lab node. It runs in its own mount, UTS and PID namespace, makes the node's file system, starts its
# sshd and then only collects what ends. When it dies the kernel ends every other process of the node and drops its mounts.
# Usage: node-init.sh DIRECTORY HOSTNAME; says "ready" on descriptor 3.
set -eu
directory=$1
hostname "$2"

# /proc still belongs to the parent's PID namespace here, so this is our pid as the outside sees it.
read -r outside rest </proc/self/stat
set -- $rest
shift 20
printf '%s %s\n' "$outside" "$1" >"$directory/init.pid"

mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$directory/fs"
cd "$directory/fs"
mkdir upper work root
mount -t overlay overlay -o "lowerdir=/,upperdir=$directory/fs/upper,workdir=$directory/fs/work" root
mount --rbind /dev root/dev
mount -t tmpfs -o mode=1777 tmpfs root/dev/shm
mount -t proc proc root/proc
mount -t sysfs sysfs root/sys
for where in run var/log root home; do mkdir -p "root/$where"; mount -t tmpfs -o mode=755 tmpfs "root/$where"; done
for where in tmp var/tmp; do mkdir -p "root/$where"; mount -t tmpfs -o mode=1777 tmpfs "root/$where"; done
chmod 700 root/root

for where in ssh sysctl.d sysctl.conf NetworkManager netplan network systemd/network sysconfig cloud machine-id hosts os-release resolv.conf; do
  rm -rf "root/etc/$where"
done
cp -a "$directory/etc/." root/etc/
mkdir -p root/run/sshd root/run/netns root/run/lock root/var/lib/netdiag root/home/ops
rm -rf root/var/lib/netdiag && mkdir -p -m 755 root/var/lib/netdiag
printf 'ops:x:1500:1500:,,,:/home/ops:/bin/bash\n' >>root/etc/passwd
printf 'ops:*:19000:0:99999:7:::\n' >>root/etc/shadow
printf 'ops:x:1500:\n' >>root/etc/group
chown 1500:1500 root/home/ops
chmod 440 root/etc/sudoers.d/ops
cp "$directory/boot_id" boot_id
mount --bind boot_id root/proc/sys/kernel/random/boot_id

cd root
mkdir -p .outside
pivot_root . .outside
umount -l /.outside
rmdir /.outside
cd /

/usr/sbin/sshd -D -e -f /etc/ssh/sshd_config 3>&- &
tries=0
until [ -s /run/sshd.pid ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 500 ] || { echo "sshd did not start" >&2; exit 1; }
  sleep 0.01
done
echo ready >&3
exec 3>&-
while :; do
  sleep 86400 &
  wait
done
