import { expect, test } from 'vitest';
import { nameLanguage } from './language.ts';

test.each([
  ['en', 'The parcel is on its way and you will have it by Friday.'],
  ['de', 'Das Paket ist auf dem Weg und wird am Freitag bei Ihnen sein, wenn nicht etwas dazwischen kommt.'],
  ['fr', 'Le colis est en route et vous le recevrez vendredi, dans la matinée, avec une facture.'],
  ['es', 'El paquete está en camino y llegará el viernes por la mañana, con la factura que pidió.'],
  ['it', 'Il pacco è in viaggio e arriverà venerdì mattina, con una fattura che non è della ditta.'],
  ['pt', 'O pacote está a caminho e não chega na sexta, mas você recebe uma fatura com os dados.'],
  ['nl', 'Het pakket is onderweg en wordt op vrijdag bezorgd, maar niet voor de middag en niet aan huis.'],
  ['ja', '荷物は金曜日までにお届けします。少々お待ちください。'],
  ['zh', '包裹正在运送途中，预计星期五送达，请耐心等待。'],
  ['cyrillic', 'Посылка уже в пути и будет у вас в пятницу.'],
])('%s', (language, text) => expect(nameLanguage(text)).toBe(language));

test.each([
  ['', 'nothing'],
  ['OK', 'too short'],
  ['42, 17, 3.5', 'numbers'],
  ['```js\nfor (const the of and) is(that)\n```', 'code'],
  ['Berlin Hamburg München Köln Frankfurt', 'names only'],
])('%j has no language: %s', (text) => expect(nameLanguage(text)).toBeUndefined());
