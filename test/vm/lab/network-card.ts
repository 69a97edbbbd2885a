/** A network interface of a virtual machine, and where its cable ends. */
export interface NetworkCard {
  /** The QMP id of the device: `set_link` wants this one, since that of the other end leaves the carrier up in the machine. */
  readonly id: string;
  readonly macAddress: string;
  /** Default: virtio-net-pci. */
  readonly model?: 'virtio-net-pci' | 'e1000' | 'e1000e' | 'rtl8139' | 'vmxnet3';
  readonly cable: UserNetwork | Tap;
  /** Without one, firmware boots over the network by its own means, if it has any. Default: iPXE, as QEMU brings it. */
  readonly hasBootRom?: false;
}

/** A network that QEMU makes: DHCP, DNS, and a way out through the network namespace that QEMU is in. */
export interface UserNetwork {
  readonly kind: 'user';
  /** Several cards of a machine want different ones. Default: 10.0.2.0/24. */
  readonly network?: string;
  /** Ports of the machine that are reached at an address of the namespace. */
  readonly forwards?: readonly { readonly host: string; readonly port: number; readonly guestPort: number }[];
  /** More options of -netdev user, such as `tftp=DIR`. */
  readonly options?: readonly string[];
}

/** Where a machine finds its host in the default one. */
export const hostAddress = '10.0.2.2';

/** An interface of the namespace that QEMU is in. */
export interface Tap {
  readonly kind: 'tap';
  readonly interface: string;
}

/** When the machine boots over the network, its first card is what the firmware tries first, whatever is on its disks. */
export function cardArguments(cards: readonly NetworkCard[], bootsFromNetwork: boolean): readonly string[] {
  return cards.flatMap(({ id, macAddress, model = 'virtio-net-pci', cable, hasBootRom = true }, index) => {
    const rom = hasBootRom ? {} : { romfile: '' };
    const boot = bootsFromNetwork && index === 0 ? { bootindex: 0 } : {};
    return [
      ...['-netdev', [...cableOptions(cable), `id=${id}-cable`].join(',')],
      ...['-device', JSON.stringify({ driver: model, id, netdev: `${id}-cable`, mac: macAddress, ...rom, ...boot })],
    ];
  });
}

function cableOptions(cable: UserNetwork | Tap): readonly string[] {
  if (cable.kind === 'tap') return ['tap', `ifname=${cable.interface}`, 'script=no', 'downscript=no'];
  const { network, forwards = [], options = [] } = cable;
  return [
    'user',
    ...(network === undefined ? [] : [`net=${network}`]),
    ...forwards.map(({ host, port, guestPort }) => `hostfwd=tcp:${host}:${port}-:${guestPort}`),
    ...options,
  ];
}
