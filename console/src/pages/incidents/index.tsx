import { en } from '../../text/en';
import { Page } from '../../ui/page';
import { IncidentTable } from './table';

const everywhere = {};

export default function Incidents() {
  return (
    <Page title={en.incidents.title}>
      <IncidentTable filter={everywhere} showProcess />
    </Page>
  );
}
