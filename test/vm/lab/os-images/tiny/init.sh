#!/bin/busybox sh
# The operating system: says on the serial line what it was booted as, and gives whoever is there a shell.
b=/bin/busybox
variables=/sys/firmware/efi/efivars
global=8be4df61-93ca-11d2-aa0d-00e098032b8c

# Variables of UEFI: four bytes of attributes, then (UEFI 2.10, 3.3) the number of a boot entry, or (3.1.3) the entry itself:
# attributes (4), length of the path (2), description in UTF-16 up to a zero.
variable() { $b cat "$variables/$1-$global" 2>/dev/null; } # these files know no seek
boot_entry() {
	$b mount -t efivarfs efivarfs $variables 2>/dev/null
	number=$(variable BootCurrent | $b tail -c +5 | $b hexdump -v -n 2 -e '/2 "%04X"')
	label=$(variable "Boot$number" | $b tail -c +11 | $b hexdump -v -e '/2 "%u\n"' |
		$b awk '$1 == 0 { exit } { printf "%c", $1 == 32 ? 95 : $1 }')
	echo "${number:-none}:$label"
}

config_drive() {
	for label in config-2 CONFIG-2; do
		device=$($b findfs LABEL=$label 2>/dev/null) || continue
		$b mount -o ro "$device" /mnt 2>/dev/null || continue
		data=/mnt/openstack/latest/meta_data.json
		# The last of its name: ours are flat.
		value() { $b tr -d '\n' <$data 2>/dev/null | $b sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p"; }
		echo "$device:$($b find /mnt -type f | $b wc -l)files uuid=$(value uuid) name=$(value name) hostname=$(value hostname)"
		return
	done
	echo none
}

firmware=bios
[ -d /sys/firmware/efi ] && firmware=uefi
boots=$(($($b cat /var/boots 2>/dev/null || echo 0) + 1))
echo $boots >/var/boots
$b sync
entry=none
[ $firmware = uefi ] && entry=$(boot_entry)
echo "LAB-OS-BOOT-OK os=tiny fw=$firmware root=$($b cat /tmp/root-device) boots=$boots entry=$entry configdrive=$(config_drive)" >/dev/console
while :; do
	$b setsid $b sh -c 'exec /bin/busybox sh </dev/ttyS0 >/dev/ttyS0 2>&1'
	$b sleep 1
done
