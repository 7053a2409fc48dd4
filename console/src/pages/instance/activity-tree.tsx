import type { TreeNode } from '../../lib/tree';
import { humanize } from '../../lib/format';
import { en } from '../../text/en';
import { Icon } from '../../ui/icon';
import { Card } from '../../ui/page';

interface ActivityTreeProps {
  root: TreeNode;
  selected: string | null;
  onSelect: (activityId: string | null) => void;
}

/** What is active, as the engine nests it. */
export function ActivityTree({ root, selected, onSelect }: ActivityTreeProps) {
  return (
    <Card title={en.instance.tree} className="tree-card">
      {root.children.length === 0 ? (
        <p className="muted">{en.instance.nothingActive}</p>
      ) : (
        <Nodes nodes={root.children} selected={selected} onSelect={onSelect} />
      )}
    </Card>
  );
}

/** Of a parallel multi-instance only so many are drawn. */
const drawn = 100;

function Nodes({ nodes, selected, onSelect }: Omit<ActivityTreeProps, 'root'> & { nodes: TreeNode[] }) {
  return (
    <ul className="tree">
      {nodes.slice(0, drawn).map((node) => (
        <li key={node.id}>
          <button
            type="button"
            aria-pressed={selected === node.activityId}
            onClick={() => onSelect(selected === node.activityId ? null : node.activityId)}
          >
            <span className={node.incidents > 0 ? 'tree-dot tree-dot-bad' : 'tree-dot'} aria-hidden="true" />
            <span className="clip">{node.label}</span>
            <span className="muted tree-type">
              {node.transition ? en.instance.transition : humanize(node.type)}
            </span>
            {node.incidents > 0 && <Icon name="warning" size={14} />}
          </button>
          {node.children.length > 0 && (
            <Nodes nodes={node.children} selected={selected} onSelect={onSelect} />
          )}
        </li>
      ))}
      {nodes.length > drawn && <li className="muted">{en.instance.moreActive(nodes.length - drawn)}</li>}
    </ul>
  );
}
