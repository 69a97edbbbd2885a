/**
 * The inventory of a machine in its wire form: the names, the nesting and the order of the fields are Ironic's. What a
 * machine does not tell is null, or an empty text where Ironic expects one.
 */
export interface Inventory {
  readonly interfaces: readonly InventoryInterface[];
  readonly cpu: InventoryCpu;
  readonly disks: readonly InventoryDisk[];
  readonly memory: InventoryMemory;
  /** `0.0.0.0` for a BMC without one, null where there is no BMC or nobody asked it. */
  readonly bmc_address: string | null;
  /** `::/0` for a BMC without one. */
  readonly bmc_v6address: string | null;
  readonly system_vendor: InventorySystemVendor;
  readonly boot: InventoryBoot;
  readonly hostname: string;
  /** Left out where the BMC does not tell. */
  readonly bmc_mac?: string;
}

export interface InventoryInterface {
  readonly name: string;
  readonly mac_address: string;
  readonly ipv4_address: string | null;
  readonly ipv6_address: string | null;
  readonly has_carrier: boolean;
  /** TLVs (type, value in hexadecimal digits) where `collect_lldp` asks for them; deprecated in favour of the LLDP collector. */
  readonly lldp: readonly (readonly [number, string])[] | null;
  /** `0x8086` */
  readonly vendor: string | null;
  readonly product: string | null;
  /** For InfiniBand only. */
  readonly client_id: string | null;
  /** `em1`, `p3p1` */
  readonly biosdevname: string | null;
  /** What it could do at most, else what it does. */
  readonly speed_mbps: number | null;
  /** `0000:01:00.0` */
  readonly pci_address: string | null;
  readonly driver: string | null;
}

export interface InventoryCpu {
  readonly model_name: string;
  /** The highest in MHz, as a text; empty when nobody knows. */
  readonly frequency: string;
  /** Logical processors. */
  readonly count: number;
  /** As the kernel names it, `x86_64`. */
  readonly architecture: string;
  readonly flags: readonly string[];
  readonly socket_count: number | null;
}

export interface InventoryDisk {
  readonly name: string;
  readonly model: string | null;
  /** In bytes. */
  readonly size: number;
  readonly rotational: boolean;
  readonly wwn: string | null;
  readonly serial: string | null;
  readonly vendor: string | null;
  readonly wwn_with_extension: string | null;
  readonly wwn_vendor_extension: string | null;
  readonly hctl: string | null;
  readonly by_path: string | null;
  /** Bytes in a sector, in spite of the name. */
  readonly logical_sectors: number;
  readonly physical_sectors: number;
  readonly tran: string | null;
}

export interface InventoryMemory {
  /** Bytes that the kernel can use. */
  readonly total: number;
  /** Mebibytes that are plugged in. */
  readonly physical_mb: number | null;
}

export interface InventorySystemVendor {
  readonly product_name: string;
  readonly serial_number: string;
  readonly manufacturer: string;
  readonly firmware: { readonly vendor: string; readonly version: string; readonly build_date: string };
}

export interface InventoryBoot {
  readonly current_boot_mode: 'uefi' | 'bios';
  /** As the boot loader gave it (BOOTIF). */
  readonly pxe_interface: string | null;
}
