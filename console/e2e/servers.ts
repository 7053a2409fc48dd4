/** The two servers of the tests: one that lets everybody in, and one with a login, rights and therefore an audit trail. */

export interface Account {
  user: string;
  password: string;
}

/** The first administrator of the guarded server. */
export const administrator: Account = { user: 'ada', password: 'tolls-and-gates' };

export interface Server {
  url: string;
  /** It runs already: the environment says where. */
  given: boolean;
  options: string;
  environment: Record<string, string>;
}

const at = (variable: string, port: number): Pick<Server, 'url' | 'given'> => {
  const url = process.env[variable];
  return { url: url ?? `http://127.0.0.1:${port}/`, given: url !== undefined };
};

export const servers = {
  open: { ...at('CONSOLE_URL', 4193), options: '', environment: {} },
  guarded: {
    ...at('CONSOLE_GUARDED_URL', 4194),
    options: '--auth basic --authorization',
    environment: {
      TOLLGATE_ADMIN_USER: administrator.user,
      TOLLGATE_ADMIN_PASSWORD: administrator.password,
    },
  },
} satisfies Record<string, Server>;
