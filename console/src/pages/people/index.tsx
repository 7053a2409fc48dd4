import { useParam } from '../../state/url';
import { en } from '../../text/en';
import { Page } from '../../ui/page';
import { Tabs } from '../../ui/tabs';
import { Authorizations } from './authorizations';
import { Groups } from './groups';
import { Tenants } from './tenants';
import { Users } from './users';

export default function People() {
  const [tab, setTab] = useParam('tab', 'users');
  return (
    <Page title={en.people.title}>
      <Tabs
        label={en.people.title}
        active={tab}
        onChange={setTab}
        tabs={[
          { id: 'users', label: en.people.users, content: () => <Users /> },
          { id: 'groups', label: en.people.groups, content: () => <Groups /> },
          { id: 'tenants', label: en.people.tenants, content: () => <Tenants /> },
          { id: 'authorizations', label: en.people.authorizations, content: () => <Authorizations /> },
        ]}
      />
    </Page>
  );
}
