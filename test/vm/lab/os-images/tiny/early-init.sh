#!/bin/busybox sh
# The first program of the initramfs: finds the root file system by its UUID, and hands over to it.
b=/bin/busybox
$b mount -t proc proc /proc
$b mount -t sysfs sys /sys
$b mount -t devtmpfs dev /dev
for module in virtio_pci virtio_blk virtio_scsi sd_mod vfat nls_cp437 nls_ascii isofs efivarfs; do
	$b modprobe $module 2>/dev/null
done
uuid=$($b sed -n 's/.*root=UUID=\([^ ]*\).*/\1/p' /proc/cmdline)
tries=0
until device=$($b findfs UUID="$uuid" 2>/dev/null); do
	tries=$((tries + 1))
	if [ $tries -gt 50 ]; then
		echo "LAB-OS-BOOT-FAIL no file system $uuid" >/dev/console
		exec $b poweroff -f
	fi
	$b usleep 200000
done
$b mount "$device" /root
echo "$device" >/root/tmp/root-device
for folder in dev proc sys; do $b mount --move /$folder /root/$folder; done
exec $b switch_root /root /sbin/init
