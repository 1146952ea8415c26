// The text of a dynamic QRIS code: EMV tag-length-value with its checksum.

const field = (tag, value) => `${tag}${String(value.length).padStart(2, '0')}${value}`;

/** CRC-16/CCITT-FALSE, as EMV asks for. */
export function crc16(text) {
  let crc = 0xffff;
  for (const byte of Buffer.from(text)) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; ++bit) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff;
  }
  return crc.toString(16).toUpperCase().padStart(4, '0');
}

export function qrContent({ merchantId, terminalId, amount, referenceNo }) {
  const merchant = field('00', 'ID.CO.BRI.WWW') + field('01', '936000020000000001') + field('02', merchantId) + field('03', 'UMI');
  const text = [
    field('00', '01'), field('01', '12'), field('26', merchant),
    field('51', field('00', 'ID.CO.QRIS.WWW') + field('02', 'ID1020000000001') + field('03', 'UMI')),
    field('52', '5812'), field('53', '360'), field('54', amount.replace(/\.00$/, '')), field('58', 'ID'),
    field('59', 'K SERVICES'), field('60', 'JAKARTA'), field('61', '10210'),
    field('62', field('01', referenceNo) + field('07', terminalId)), '6304',
  ].join('');
  return text + crc16(text);
}
