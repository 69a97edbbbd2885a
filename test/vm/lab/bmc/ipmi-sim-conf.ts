export interface IpmiAccount {
  readonly name: string;
  readonly password: string;
}

/** Where the BMC listens in its network namespace: IPMI over LAN, and on loopback the wire to the machine. */
export interface IpmiPlace {
  readonly address: string;
  readonly wirePort: number;
}

/** The port of RMCP+. */
export const ipmiPort = 623;

/** ipmi_lan(5). `hook` is what ipmi_sim starts for what it does not do itself: power, boot device, and its own address. */
export function lanConf(place: IpmiPlace, account: IpmiAccount, hook: string): string {
  const { address, wirePort } = place;
  const methods = 'none md2 md5 straight';
  return `name "lab"
set_working_mc 0x20
  startlan 1
    addr ${address} ${ipmiPort}
    priv_limit admin
    allowed_auths_callback ${methods}
    allowed_auths_user ${methods}
    allowed_auths_operator ${methods}
    allowed_auths_admin ${methods}
    guid a123456789abcdefa123456789abcdef
    lan_config_program "${hook} lan"
  endlan
  chassis_control "${hook} chassis"
  serial 15 127.0.0.1 ${wirePort} codec VM
  startnow false
  user 1 true "" "" user 10 ${methods}
  user 2 true "${account.name}" "${account.password}" admin 10 ${methods}
`;
}

/** ipmi_sim_cmd(5): one management controller with an event log and a sensor. */
export const emulation = `mc_setbmc 0x20
mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
sel_enable 0x20 1000 0x0a
sensor_add 0x20 0 1 35 0x6f
mc_enable 0x20
`;

/** Arguments of QEMU: the machine's side of the wire, and the port (KCS) by which its operating system talks to the BMC. */
export function ipmiArguments({ wirePort }: Pick<IpmiPlace, 'wirePort'>): readonly string[] {
  return [
    ...['-chardev', `socket,id=bmc-wire,host=127.0.0.1,port=${wirePort},reconnect=2`],
    ...['-device', 'ipmi-bmc-extern,id=bmc,chardev=bmc-wire', '-device', 'isa-ipmi-kcs,bmc=bmc,irq=5'],
  ];
}
