import { useEffect, useRef, useState } from 'react';
import { deploy } from '../../api/admin';
import { check } from '../../api/tollgate';
import type { DeploymentResult } from '../../api/types';
import { fromCheck, fromRefusal, withHelp, worst, type Findings } from '../../lib/diagnostics';
import { useAction } from '../../state/queries';
import { en } from '../../text/en';
import { Button, Checkbox, IconButton, TextField } from '../../ui/controls';
import { Dialog, FormDialog } from '../../ui/dialog';
import { Icon } from '../../ui/icon';
import { DefinitionLinks } from './definition-links';
import { ModelFindings } from './model-findings';

const accepted = '.bpmn,.bpmn20.xml,.dmn,.dmn11.xml,.form,.html,.js,.groovy,.xml';
const maxFiles = 100;

/** Choose files, see what is wrong with them on their diagrams, deploy. */
export function DeployDialog({ initial, onClose }: { initial: File[]; onClose: () => void }) {
  const [files, setFiles] = useState(initial);
  const [name, setName] = useState(() => nameFor(initial));
  const [tenantId, setTenantId] = useState('');
  const [onlyChanged, setOnlyChanged] = useState(true);
  const [findings, setFindings] = useState<Findings>(new Map());
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    if (files.length === 0) return setFindings(new Map());
    let stale = false;
    // A server without the check says what is wrong when it is asked to deploy.
    check(files)
      .then((report) => {
        if (!stale) setFindings(report ? fromCheck(report) : new Map());
      })
      .catch(() => setFindings(new Map()));
    return () => {
      stale = true;
    };
  }, [files]);

  const action = useAction(() => deploy(files, { name, tenantId, onlyChanged }), { quiet: true });
  const refused = action.error ? fromRefusal(action.error) : null;
  const shown = refused ? withHelp(refused, findings) : findings;

  const add = (more: File[]) => {
    const byName = new Map([...files, ...more].map((file) => [file.name, file]));
    setFiles([...byName.values()].slice(0, maxFiles));
    if (!name) setName(nameFor(more));
    action.reset();
  };

  if (action.data) return <Deployed result={action.data} onClose={onClose} />;
  return (
    <FormDialog
      title={en.deployments.deploy}
      submit={en.deployments.deploy}
      submitIcon="upload"
      onSubmit={() => action.mutate(undefined)}
      onClose={onClose}
      busy={action.isPending}
      disabled={files.length === 0 || name.trim() === ''}
      error={action.error && !refused ? action.error.message : null}
      wide={shown.size > 0}
    >
      <input
        ref={input}
        type="file"
        multiple
        accept={accepted}
        className="visually-hidden"
        tabIndex={-1}
        aria-label={en.deployments.files}
        onChange={(event) => {
          add([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      <button
        type="button"
        className="pick-files"
        onClick={() => input.current?.click()}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault();
          event.stopPropagation();
          add([...event.dataTransfer.files]);
        }}
      >
        <Icon name="upload" size={22} />
        <span>{en.deployments.pick}</span>
        <span className="muted">{en.deployments.pickHint}</span>
      </button>
      {files.length > 0 && (
        <ul className="file-list">
          {files.map((file) => {
            const severity = worst(shown.get(file.name) ?? []);
            return (
              <li key={file.name}>
                <span className={`file-state file-${severity ?? 'plain'}`}>
                  <Icon name={severity === 'error' || severity === 'warning' ? 'warning' : 'audit'} />
                </span>
                <span className="clip">{file.name}</span>
                <IconButton
                  icon="close"
                  label={en.deployments.removeFile(file.name)}
                  onClick={() => setFiles(files.filter((other) => other !== file))}
                />
              </li>
            );
          })}
        </ul>
      )}
      {refused && (
        <p className="field-error" role="alert">
          {en.deployments.refused}
        </p>
      )}
      {files.map((file) => {
        const diagnostics = shown.get(file.name);
        return diagnostics?.length ? (
          <ModelFindings key={file.name} file={file} diagnostics={diagnostics} />
        ) : null;
      })}
      <div className="field-row">
        <TextField label={en.deployments.name} value={name} onChange={setName} required />
        <TextField
          label={en.common.tenant}
          value={tenantId}
          onChange={setTenantId}
          hint={en.deployments.tenantHint}
        />
      </div>
      <Checkbox label={en.deployments.onlyChanged} checked={onlyChanged} onChange={setOnlyChanged} />
    </FormDialog>
  );
}

const nameFor = (files: File[]) => files[0]?.name.replace(/\.(bpmn|dmn|form|xml|bpmn20\.xml)$/, '') ?? '';

function Deployed({ result, onClose }: { result: DeploymentResult; onClose: () => void }) {
  const definitions = Object.values(result.deployedProcessDefinitions ?? {});
  const decisions = Object.values(result.deployedDecisionDefinitions ?? {});
  return (
    <Dialog title={en.deployments.deployed} onClose={onClose}>
      <div className="dialog-body">
        {definitions.length + decisions.length === 0 && <p>{en.deployments.nothingChanged}</p>}
        <DefinitionLinks processes={definitions} decisions={decisions} />
      </div>
      <footer className="dialog-foot">
        <Button look="primary" onClick={onClose}>
          {en.common.close}
        </Button>
      </footer>
    </Dialog>
  );
}
