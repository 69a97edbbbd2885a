/** Debian packages that every ramdisk has besides the programs of src/tools. */
export const systemPackages = [
  // A shell and what one types into it.
  'base-files',
  'base-passwd',
  'bash',
  'coreutils',
  'dash',
  'findutils',
  'grep',
  'gzip',
  'less',
  'mawk',
  'ncurses-base',
  'procps',
  'sed',
  // Boot, devices, network.
  'iproute2',
  'kmod',
  'libc6',
  'libnss-resolve',
  'mount',
  'netbase',
  'systemd',
  'systemd-resolved',
  'systemd-sysv',
  'udev',
  'util-linux',
  // The agent.
  'ca-certificates',
  'redis-server',
  // Who may log in: the rescue user, and whoever has the key for ssh.
  'libpam-modules',
  'libpam-modules-bin',
  'libpam-runtime',
  'login',
  'passwd',
] as const;

/** Nobody reads it in a ramdisk, or what would make use of it is not there. */
export const alwaysLeftOut: readonly RegExp[] = [
  /^boot\//,
  /^etc\/(apt|cron\.|init\.d|rc\d\.d|rcS\.d|kernel|logrotate\.d|initramfs-tools|logcheck|sv|ufw|redis|fail2ban|apparmor\.d|dpkg|xdg|systemd\/(system|user)\/.)/,
  /^usr\/games\//,
  /^usr\/share\/(apport|applications|bash-completion|bug|common-licenses|debconf|doc|doc-base|fish|gdb|gettext|gtk-doc|i18n|icons|info|initramfs-tools|lintian|locale|man|menu|metainfo|mime|pixmaps|perl5|pkgconfig|polkit-1|python3|zsh|zoneinfo|zoneinfo-icu|glib-2\.0|dbus-1)\//,
  /^usr\/share\/misc\/enterprise-numbers\.txt$/,
  /^usr\/include\//,
  /^usr\/lib\/(apt|dpkg|initramfs-tools|systemd\/(boot|catalog|user|user-generators|user-preset|ntp-units\.d|network\/80-)|udev\/hwdb\.d|python3|kernel|environment\.d|pcrlock\.d)\//,
  /^usr\/lib\/[^/]+-linux-gnu\/(perl|perl-base|pkgconfig)\//,
  // Of glibc's character sets those of FAT's labels: mkfs.vfat wants code page 850.
  /^usr\/lib\/[^/]+-linux-gnu\/gconv\/(?!gconv-modules|IBM850\.so|IBM437\.so|UTF-16\.so|UTF-32\.so|ISO8859-1\.so)/,
  /^usr\/lib\/[^/]+-linux-gnu\/(libmvec\.so\.1|cryptsetup\/.*)$/,
  /^usr\/(lib\/[^/]+-linux-gnu\/security\/pam_userdb\.so|sbin\/arpd)$/, // alone in wanting Berkeley DB
  /^usr\/sbin\/(tc|devlink|rdma|tipc|dcb|vdpa|genl|rtmon)$|^usr\/lib\/[^/]+-linux-gnu\/tc\//,
  /^usr\/s?bin\/systemd-(repart|cryptenroll|cryptsetup|nspawn)$|^etc\/ssh\/moduli$/,
  /\.(a|la|pc)$/,
  // What would be done once after an installation, of which there is none.
  /^usr\/lib\/systemd\/system\/(.*\/)?(ldconfig|systemd-(binfmt|boot-system-token|boot-update|firstboot|hwdb-update|journal-catalog-update|machine-id-commit|pstore|sysusers|update-done|update-utmp|update-utmp-runlevel|pcrphase.*|sysext|repart|homed|portabled))\.service$/,
  /^usr\/lib\/systemd\/system\/(.*\/)?proc-sys-fs-binfmt_misc\.(auto)?mount$/,
];
