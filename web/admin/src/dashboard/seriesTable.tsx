import { formatBucket, formatUtc, viewerZone } from '@k/shared';
import { Table } from '@mantine/core';
import { toTableRows, type ChartRow } from '../charts/chartRows';

interface SeriesTableProps {
  caption: string;
  rows: ChartRow[];
  intervalS: number;
  height: number;
  columns: { label: string; name: string }[];
  format: (value: number | null | undefined) => string;
}

/** A chart's numbers, newest first; times without any request are left out. */
export function SeriesTable({ caption, rows, intervalS, height, columns, format }: SeriesTableProps) {
  const zone = viewerZone();
  const shown = toTableRows(
    rows,
    columns.map((column) => column.label),
  );
  return (
    <div className="tableScroll" style={{ maxHeight: height }} tabIndex={0} role="region" aria-label={`${caption} as a table`}>
      <Table stickyHeader fz="sm" verticalSpacing={6}>
        <Table.Caption>{caption}. Times without requests are left out.</Table.Caption>
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Time</Table.Th>
            {columns.map((column) => (
              <Table.Th key={column.label} scope="col" ta="right">
                {column.name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.map((row) => (
            <Table.Tr key={row.at}>
              <Table.Th scope="row" fw={400} title={formatUtc(new Date(row.at))}>
                {formatBucket(new Date(row.at), intervalS, zone)}
              </Table.Th>
              {columns.map((column) => (
                <Table.Td key={column.label} ta="right" className="k-numeric">
                  {format(row[column.label])}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  );
}
