import { useState, type ReactNode } from 'react';
import { en } from '../../text/en';
import { Button } from '../../ui/controls';
import { Page } from '../../ui/page';
import { DeployDialog } from './deploy-dialog';
import { DropZone } from './drop-zone';

/** A page that takes files to deploy, by its button or dropped anywhere on it. */
export function DeployPage({ title, children }: { title: string; children: ReactNode }) {
  const [files, setFiles] = useState<File[] | null>(null);
  return (
    <DropZone onFiles={setFiles}>
      <Page
        title={title}
        actions={
          <Button look="primary" icon="upload" onClick={() => setFiles([])}>
            {en.deployments.deploy}
          </Button>
        }
      >
        {children}
        {files && <DeployDialog initial={files} onClose={() => setFiles(null)} />}
      </Page>
    </DropZone>
  );
}
