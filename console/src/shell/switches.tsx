import { useState } from 'react';
import { useLiveMode } from '../state/live';
import { useSession } from '../state/session';
import { setTheme, type Theme } from '../start/theme';
import { useTheme } from '../state/theme';
import { en } from '../text/en';
import { Button, IconButton, TextField } from '../ui/controls';
import { FormDialog } from '../ui/dialog';
import { Menu } from '../ui/menu';

export function LiveSwitch() {
  const { mode, toggle } = useLiveMode();
  return (
    <button
      type="button"
      className={`live live-${mode}`}
      aria-pressed={mode !== 'paused'}
      title={en.nav.liveHint[mode]}
      onClick={toggle}
    >
      <span className="live-dot" aria-hidden="true" />
      <span>{en.nav.live[mode]}</span>
    </button>
  );
}

const nextTheme: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const themeIcon = { system: 'auto', light: 'sun', dark: 'moon' } as const;

export function ThemeSwitch() {
  const theme = useTheme();
  return (
    <IconButton
      icon={themeIcon[theme]}
      label={en.nav.theme[theme]}
      onClick={() => setTheme(nextTheme[theme])}
    />
  );
}

export function SessionMenu() {
  const { status, user, setUser, logout } = useSession();
  const [asking, setAsking] = useState(false);
  const [name, setName] = useState(user);
  if (status === 'signed-in') {
    return (
      <Menu
        label={en.nav.signedInAs(user)}
        icon="user"
        compact
        items={[{ label: en.nav.logout, icon: 'logout', onSelect: logout }]}
      />
    );
  }
  return (
    <>
      <Button
        small
        look="ghost"
        icon="user"
        onClick={() => setAsking(true)}
        aria-label={user ? `${en.nav.workAs} ${user}` : en.nav.nobody}
      >
        <span className="wide-only">{user || en.nav.nobody}</span>
      </Button>
      {asking && (
        <FormDialog
          title={en.nav.workAs}
          submit={en.common.save}
          onClose={() => setAsking(false)}
          onSubmit={() => {
            setUser(name.trim());
            setAsking(false);
          }}
        >
          <TextField label={en.login.user} hint={en.nav.workAsHint} value={name} onChange={setName} />
        </FormDialog>
      )}
    </>
  );
}
