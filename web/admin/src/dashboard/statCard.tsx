import { ArrowDownIcon, ArrowUpIcon, EqualIcon, formatChange, noValue } from '@k/shared';
import { Skeleton, Text, VisuallyHidden } from '@mantine/core';
import { Sparkline } from './sparkline';

interface StatCardProps {
  name: string;
  title: string;
  loading: boolean;
  value: string | undefined;
  fullValue: string | undefined;
  note: string;
  /** Null where there is nothing to compare with. */
  changePct: number | null;
  changeWords: string;
  moreIsWorse: boolean;
  spark: number[];
}

export function StatCard(props: StatCardProps) {
  return (
    <div className="k-panel statCard" data-testid={`card-${props.name}`}>
      <Text size="sm" c="dimmed" fw={500}>
        {props.title}
      </Text>
      {props.loading ? (
        <>
          <Skeleton height={28} width="60%" my={5} />
          <Skeleton height={12} width="85%" my={5} />
          <Skeleton height={44} mt={10} />
        </>
      ) : (
        <>
          <div className="statCard-value k-numeric" title={props.fullValue}>
            {props.value ?? noValue}
          </div>
          <div className="statCard-line">
            <Change percent={props.changePct} words={props.changeWords} moreIsWorse={props.moreIsWorse} />
            <Text component="span" size="xs" c="dimmed" className="statCard-note">
              {props.note}
            </Text>
          </div>
          <Sparkline values={props.spark} />
        </>
      )}
    </div>
  );
}

interface ChangeProps {
  percent: number | null;
  words: string;
  moreIsWorse: boolean;
}

/** The change as an arrow, a number and, for what can be good or bad, a colour. */
function Change({ percent, words, moreIsWorse }: ChangeProps) {
  if (percent === null) {
    return (
      <span className="change" title="Nothing to compare with in the time before">
        {noValue}
        <VisuallyHidden>Nothing to compare with in the time before.</VisuallyHidden>
      </span>
    );
  }
  const same = Math.abs(percent) < 0.05;
  const Icon = same ? EqualIcon : percent > 0 ? ArrowUpIcon : ArrowDownIcon;
  const tone = same || !moreIsWorse ? undefined : percent > 0 ? 'bad' : 'good';
  return (
    <span className="change k-numeric" data-tone={tone} title={`${formatChange(percent)} ${words}`}>
      <Icon size={13} />
      {formatChange(percent)}
      <VisuallyHidden> {words}.</VisuallyHidden>
    </span>
  );
}
