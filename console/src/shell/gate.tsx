import { useState, type FormEvent, type ReactNode } from 'react';
import { useSession } from '../state/session';
import { LiveProvider } from '../state/live';
import { en } from '../text/en';
import { Button, TextField } from '../ui/controls';
import { Loading } from '../ui/feedback';
import { Logo } from './logo';

/** Lets nobody pass before the server does. */
export function Gate({ children }: { children: ReactNode }) {
  const { status } = useSession();
  if (status === 'checking') return <Loading />;
  if (status === 'unreachable') return <Unreachable />;
  if (status === 'signed-out') return <Login />;
  return <LiveProvider>{children}</LiveProvider>;
}

function Unreachable() {
  const { retry } = useSession();
  return (
    <main className="gate">
      <div className="gate-card">
        <Logo />
        <h1>{en.login.unreachable}</h1>
        <Button look="primary" icon="retry" onClick={retry}>
          {en.common.tryAgain}
        </Button>
      </div>
    </main>
  );
}

function Login() {
  const { login } = useSession();
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(await login(user, password));
    setBusy(false);
  };
  return (
    <main className="gate">
      <form className="gate-card" onSubmit={(event) => void submit(event)}>
        <Logo />
        <h1>{en.login.title}</h1>
        <TextField
          label={en.login.user}
          value={user}
          onChange={setUser}
          autoComplete="username"
          autoFocus
          required
        />
        <TextField
          label={en.login.password}
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          error={error}
          required
        />
        <Button look="primary" type="submit" busy={busy}>
          {en.login.submit}
        </Button>
      </form>
    </main>
  );
}
