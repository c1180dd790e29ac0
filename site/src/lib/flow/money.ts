/** Whole Korean won. Prices include VAT of 10 %, so the tax is a part of the price, not on top. */

export interface Vat {
  readonly supplyKrw: number;
  readonly vatKrw: number;
}

/** Both parts always add up to the price; in whole numbers, so that no won is lost to rounding. */
export const vatOf = (priceKrw: number): Vat => {
  const supplyKrw = Math.round((priceKrw * 10) / 11);
  return { supplyKrw, vatKrw: priceKrw - supplyKrw };
};

/**
 * PayApp's `pay_type` numbers. The list is what is known of them, not all there are: another number
 * is normal and is shown as it came.
 */
const methodOf = {
  '1': 'card',
  '2': 'phone',
  '3': 'overseas_card',
  '4': 'face_to_face',
  '6': 'bank_transfer',
  '7': 'virtual_account',
  '9': 'culture_voucher',
  '15': 'kakaopay',
  '16': 'naverpay',
  '17': 'registered_card',
  '21': 'smilepay',
  '22': 'wechat',
  '23': 'applepay',
  '24': 'myaccount',
  '25': 'tosspay',
} as const;

export const payTypes = Object.keys(methodOf) as (keyof typeof methodOf)[];
export type PayMethod = (typeof methodOf)[keyof typeof methodOf];

const isPayType = (value: string): value is keyof typeof methodOf => Object.hasOwn(methodOf, value);

/** `unknown`: a number this page has no word for. Null: PayApp has said nothing yet. */
export const payMethodOf = (payType: string | null | undefined): PayMethod | 'unknown' | null => {
  const value = payType?.trim() ?? '';
  if (value === '') return null;
  return isPayType(value) ? methodOf[value] : 'unknown';
};
