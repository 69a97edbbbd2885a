/** Documents of the contract that never change but for the address under which they were asked for. */
interface Link {
  readonly href: string;
  readonly rel: string;
  readonly type?: string;
}

interface VersionDocument {
  readonly id: string;
  readonly links: readonly Link[];
}

function version(root: string): VersionDocument {
  return {
    id: 'v1',
    links: [
      { href: `${root}/v1`, rel: 'self' },
      { href: 'https://docs.openstack.org/ironic-python-agent/', rel: 'describedby', type: 'text/html' },
    ],
  };
}

/** `GET /`; `root` is scheme, host and port as the client sees them. */
export function rootDocument(root: string): object {
  return {
    name: 'OpenStack Ironic Python Agent API',
    description: 'Ironhand: a deployment agent that speaks the API of ironic-python-agent.',
    versions: [version(root)],
    default_version: version(root),
  };
}

/** `GET /v1/` */
export function v1Document(root: string): object {
  const pair = (name: string): readonly Link[] => [
    { href: `${root}/v1/${name}`, rel: 'self' },
    { href: `${root}/${name}`, rel: 'bookmark' },
  ];
  return {
    commands: pair('commands'),
    status: pair('status'),
    media_types: [{ base: 'application/json', type: 'application/vnd.openstack.ironic-python-agent.v1+json' }],
    ...version(root),
  };
}
