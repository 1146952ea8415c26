import { ErrorNotice } from '@k/shared';
import { Skeleton, Text, Title } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import { readPanelState, type PanelQuery } from './panelState';
import { StaleNotice } from './staleNotice';

interface PanelProps<Data> {
  name: string;
  title: string;
  query: PanelQuery<Data>;
  /** Height of the body in pixels, the same in every state. */
  height: number;
  /** One sentence that says what the picture shows; also what a screen reader hears first. */
  summary?: ((data: Data) => ReactNode) | undefined;
  controls?: ReactNode;
  isEmpty: (data: Data) => boolean;
  empty: ReactNode;
  children: (data: Data) => ReactNode;
}

/** A titled part of the dashboard with its own loading, empty, error and stale state. */
export function Panel<Data>(props: PanelProps<Data>) {
  const { query, height } = props;
  const headingId = useId();
  const state = readPanelState(query, props.isEmpty);
  const shows = query.data !== undefined && state !== 'failed';
  return (
    <section
      className="k-panel panel"
      aria-labelledby={headingId}
      aria-busy={state === 'loading' || state === 'switching'}
      data-testid={`panel-${props.name}`}
      data-state={state}
    >
      <div className="panel-head">
        <div className="panel-headText">
          <Title order={2} id={headingId}>
            {props.title}
          </Title>
          <Text size="sm" c="dimmed" className="panel-summary" component="div">
            {state === 'loading' && <Skeleton height={14} width={220} my={4} />}
            {state === 'stale' && <StaleNotice of={props.title} query={query} />}
            {shows && state !== 'empty' && state !== 'stale' && query.data !== undefined && props.summary?.(query.data)}
          </Text>
        </div>
        {props.controls !== undefined && <div className="panel-controls">{props.controls}</div>}
      </div>
      <div className="panel-body" style={{ minHeight: height }} data-dimmed={state === 'switching' || undefined}>
        {state === 'loading' && <Skeleton height={height} radius="sm" />}
        {state === 'failed' && (
          <ErrorNotice
            title="The data could not be loaded"
            cause={query.error}
            onRetry={() => void query.refetch()}
            retrying={query.isFetching}
          />
        )}
        {state === 'empty' && props.empty}
        {shows && state !== 'empty' && query.data !== undefined && props.children(query.data)}
      </div>
    </section>
  );
}
