import { playMetalCycle } from '../lab/bmc/metal-cycle.ts';

playMetalCycle('by IPMI and a UEFI that is handed iPXE, a machine goes from enroll to its own system and back', {
  firmware: 'uefi',
  card: { hasBootRom: false },
});
