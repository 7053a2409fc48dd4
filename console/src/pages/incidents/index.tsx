import { useMemo } from 'react';
import { incidentFields } from '../../lib/filter-fields';
import { incidentQuery } from '../../lib/filters';
import { useCriteria } from '../../state/url';
import { en } from '../../text/en';
import { FilterBar } from '../../ui/filter-bar';
import { Page } from '../../ui/page';
import { IncidentTable } from './table';

export default function Incidents() {
  const [criteria, setCriteria] = useCriteria('f', 'ipage');
  const filter = useMemo(() => incidentQuery(criteria), [criteria]);
  return (
    <Page title={en.incidents.title}>
      <div className="toolbar">
        <FilterBar fields={incidentFields} criteria={criteria} onChange={setCriteria} />
      </div>
      <IncidentTable filter={filter} showProcess />
    </Page>
  );
}
