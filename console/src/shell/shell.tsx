import { Suspense, useEffect, useState } from 'react';
import { NavLink, Outlet, useLocation } from 'react-router';
import { en } from '../text/en';
import { IconButton } from '../ui/controls';
import { Loading } from '../ui/feedback';
import { Icon, type IconName } from '../ui/icon';
import { Logo } from './logo';
import { LiveSwitch, SessionMenu, ThemeSwitch } from './switches';
import { Palette } from './palette';
import { ShortcutsHelp, useShortcuts } from './shortcuts';

interface Entry {
  to: string;
  label: string;
  icon: IconName;
}

const main: Entry[] = [
  { to: '/', label: en.nav.dashboard, icon: 'dashboard' },
  { to: '/processes', label: en.nav.processes, icon: 'process' },
  { to: '/instances', label: en.nav.instances, icon: 'instance' },
  { to: '/incidents', label: en.nav.incidents, icon: 'incident' },
  { to: '/tasks', label: en.nav.tasks, icon: 'task' },
  { to: '/decisions', label: en.nav.decisions, icon: 'decision' },
  { to: '/batches', label: en.nav.batches, icon: 'batch' },
  { to: '/deployments', label: en.nav.deployments, icon: 'deployment' },
];
const admin: Entry[] = [
  { to: '/people', label: en.nav.people, icon: 'people' },
  { to: '/audit', label: en.nav.audit, icon: 'audit' },
  { to: '/system', label: en.nav.system, icon: 'system' },
];

export function Shell() {
  const [open, setOpen] = useState<'palette' | 'help' | null>(null);
  const [navOpen, setNavOpen] = useState(false);
  const { pathname } = useLocation();
  useShortcuts({ palette: () => setOpen('palette'), help: () => setOpen('help') });
  useEffect(() => setNavOpen(false), [pathname]);

  return (
    <div className="shell">
      <a className="skip" href="#content" onClick={skip}>
        {en.common.skipToContent}
      </a>
      <header className="topbar">
        <IconButton
          icon="menu"
          className="nav-toggle"
          label={en.nav.more}
          aria-expanded={navOpen}
          onClick={() => setNavOpen((value) => !value)}
        />
        <NavLink to="/" className="brand" aria-label={en.product}>
          <Logo size={26} />
          <span>{en.product}</span>
        </NavLink>
        <button
          type="button"
          className="palette-open"
          aria-label={en.nav.palette}
          onClick={() => setOpen('palette')}
        >
          <Icon name="search" />
          <span>{en.nav.palette}</span>
          <kbd>Ctrl K</kbd>
        </button>
        <div className="topbar-end">
          <LiveSwitch />
          <IconButton
            icon="keyboard"
            className="wide-only"
            label={en.nav.shortcuts}
            onClick={() => setOpen('help')}
          />
          <ThemeSwitch />
          <SessionMenu />
        </div>
      </header>
      <nav className={navOpen ? 'nav nav-open' : 'nav'} aria-label={en.nav.label}>
        <NavList entries={main} />
        <NavList entries={admin} />
      </nav>
      <main id="content" className="content" tabIndex={-1}>
        <Suspense fallback={<Loading />}>
          <Outlet />
        </Suspense>
      </main>
      {open === 'palette' && <Palette pages={[...main, ...admin]} onClose={() => setOpen(null)} />}
      {open === 'help' && <ShortcutsHelp onClose={() => setOpen(null)} />}
    </div>
  );
}

// The address after the `#` belongs to the router.
function skip(event: { preventDefault: () => void }) {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

function NavList({ entries }: { entries: Entry[] }) {
  return (
    <ul>
      {entries.map((entry) => (
        <li key={entry.to}>
          <NavLink to={entry.to} end={entry.to === '/'} title={entry.label}>
            <Icon name={entry.icon} size={18} />
            <span>{entry.label}</span>
          </NavLink>
        </li>
      ))}
    </ul>
  );
}
