import { anyInstanceFields } from '../../lib/filter-fields';
import { en } from '../../text/en';
import { Page } from '../../ui/page';
import { InstanceTable } from './table';

const everywhere = {};

export default function Instances() {
  return (
    <Page title={en.instances.title}>
      <InstanceTable
        scope={everywhere}
        fields={anyInstanceFields}
        definition={null}
        showProcess
        showVersion
      />
    </Page>
  );
}
