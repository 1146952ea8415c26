import { CheckIcon, ClockIcon, formatBytes, formatCount, formatSpan, MomentText, WarningIcon } from '@k/shared';
import type { CollectorStatus, DashboardSummary } from '@k/shared';
import { Text } from '@mantine/core';
import { ButtonPopover } from './buttonPopover';
import { describeCollector, readLag } from './collectorState';

interface CollectorLagProps {
  summary: DashboardSummary | undefined;
  collector: CollectorStatus | undefined;
}

const icons = { good: CheckIcon, behind: ClockIcon, failed: WarningIcon };

/** How fresh the figures can be at all; a click shows the collector's own account of it. */
export function CollectorLag({ summary, collector }: CollectorLagProps) {
  const lagS = readLag(summary, collector);
  if (lagS === undefined) return null;
  const state = describeCollector(lagS, collector);
  const Icon = icons[state.level];
  return (
    <ButtonPopover
      className="collectorLag"
      width={320}
      title="Log collector"
      level={state.level}
      testId="collectorLag"
      label={
        <>
          <Icon size={15} />
          {state.text}
        </>
      }
    >
      <Text size="sm" fw={600} mb={6}>
        Log collector
      </Text>
      {collector === undefined ? (
        <Text size="sm">Its own account could not be loaded; the lag comes from the summary.</Text>
      ) : (
        <CollectorFacts collector={collector} />
      )}
    </ButtonPopover>
  );
}

function CollectorFacts({ collector }: { collector: CollectorStatus }) {
  return (
    <>
      <dl className="facts">
        <dt>Lines read</dt>
        <dd className="k-numeric">{formatCount(collector.lines)}</dd>
        <dt>Unreadable lines</dt>
        <dd className="k-numeric">{formatCount(collector.bad_lines)}</dd>
        <dt>Not read yet</dt>
        <dd className="k-numeric">{formatBytes(collector.lag_bytes)}</dd>
        <dt>Last batch</dt>
        <dd>{collector.last_batch_at ? <MomentText at={new Date(collector.last_batch_at)} /> : 'none yet'}</dd>
        {collector.last_error && (
          <>
            <dt>Last error</dt>
            <dd>{collector.last_error}</dd>
          </>
        )}
      </dl>
      <ul className="facts-files">
        {collector.files.map((file) => (
          <li key={`${file.path}:${file.offset}`}>
            <span>{file.path.split('/').at(-1)}</span>
            <span className="k-numeric">
              {file.state}, {formatSpan(file.lag_s)} behind
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
