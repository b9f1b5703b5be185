import type { Capability, Expectation, JsonValue } from '../case.ts';
import { askMessages, type Fields, user } from '../chat-request.ts';
import { isAnswered, says } from '../expectations/answered.ts';
import { textOf } from '../expectations/body.ts';
import { atEveryStep, own } from '../expectations/expectation.ts';
import { describeAnswer, hasErrorMessage, isRejected, isServed, isServedOrRefused } from '../expectations/http.ts';
import { endsWithDone, finishesOnce } from '../expectations/stream.ts';
import { blueImage, redGif, redImage, webp } from '../images.ts';
import { hasImage, isChat } from '../recorded.ts';

const guide = 'https://platform.openai.com/docs/guides/images-vision';
const text = (words: string): JsonValue => ({ type: 'text', text: words });
const image = (url: string, fields: Fields = {}): JsonValue => ({ type: 'image_url', image_url: { url, ...fields } });
const question = 'Name the colour of the picture.';
const ask = (parts: readonly JsonValue[], fields: Fields = {}) =>
  askMessages([user([text(question), ...parts])], { model: '$model:vision', ...fields });
const applies = isChat({ stream: false, status: 200, where: hasImage });

/** A model without eyes must not describe a picture. */
const refusesUnseen: Expectation = {
  says: 'the image is refused with 4xx, or seen',
  judge: (seen) => {
    if (seen.status >= 400 && seen.status < 500) return 'held';
    if (seen.status !== 200) return { broken: describeAnswer(seen) };
    return /\bred\b/i.test(textOf(seen)) ? 'held' : { broken: `answered without seeing it: ${describeAnswer(seen)}` };
  },
};

/** Vision. */
export const vision: Capability = {
  name: 'Vision',
  cases: [
    {
      id: 'VIS-01',
      level: 'should',
      kind: 'model',
      title: 'an image as a data URI is seen',
      source: `${guide}; openresponses image-input`,
      needs: 'vision',
      steps: [ask([image(redImage)])],
      expect: [isServed, isAnswered, says(/\bred\b/i)],
      applies,
    },
    {
      id: 'VIS-02',
      level: 'should',
      kind: 'model',
      title: 'an image at an https address is seen, or refused with 400',
      source: `${guide}; Ollama's documentation (base64 only)`,
      needs: 'vision',
      steps: [
        ask([image('https://upload.wikimedia.org/wikipedia/commons/thumb/6/62/Solid_red.svg/120px-Solid_red.svg.png')]),
      ],
      expect: [isServed, isAnswered],
      applies: isChat({
        stream: false,
        status: 200,
        where: (body) => hasImage(body) && JSON.stringify(body).includes('"url":"https://'),
      }),
    },
    {
      id: 'VIS-03',
      level: 'should',
      kind: 'wire',
      title: 'detail low, high and auto are taken',
      source: `${guide}#specify-image-input-detail-level`,
      needs: 'vision',
      steps: [['low', 'high', 'auto'].map((detail) => ask([image(redImage, { detail })], { max_tokens: 8 }))],
      expect: [atEveryStep(isServed)],
    },
    {
      id: 'VIS-04',
      level: 'should',
      kind: 'wire',
      title: 'image_url as a plain text is seen or refused with 400',
      source: 'litellm test_image_url_string',
      needs: 'vision',
      steps: [ask([{ type: 'image_url', image_url: redImage }])],
      expect: [isServedOrRefused],
    },
    {
      id: 'VIS-05',
      level: 'should',
      kind: 'model',
      title: 'two images in one message are both seen',
      source: `${guide}#multiple-images; llama-stack multiple_images`,
      needs: 'vision',
      steps: [
        askMessages([user([text('Name the colours of these two pictures.'), image(redImage), image(blueImage)])], {
          model: '$model:vision',
        }),
      ],
      expect: [isServed, isAnswered, says(/red/i), says(/blue/i)],
    },
    {
      id: 'VIS-06',
      level: 'must',
      kind: 'wire',
      title: 'a model that does not see refuses an image with 4xx, and does not make up what is on it',
      source: 'llama-stack test_non_vision_model_returns_error',
      steps: [askMessages([user([text(question), image(redImage)])])],
      expect: [isServedOrRefused, own(refusesUnseen)],
      applies: isChat({ stream: false, where: hasImage }),
    },
    {
      id: 'VIS-07',
      level: 'should',
      kind: 'wire',
      title: 'an image that is none, or at an address without one, is refused with 400',
      source: 'llama-stack test_invalid_base64_image_returns_image_error',
      needs: 'vision',
      steps: [
        ['data:image/png;base64,bm8gaW1hZ2U=', 'https://images.invalid/none.png'].map((url) =>
          ask([image(url)], { max_tokens: 8 }),
        ),
      ],
      expect: [atEveryStep(isRejected()), atEveryStep(hasErrorMessage)],
    },
    {
      id: 'VIS-08',
      level: 'should',
      kind: 'wire',
      title: 'an image is seen in a streamed request too',
      source: 'llama-stack image streaming; maruel/genai GenStreamMultiModal',
      needs: 'vision',
      steps: [ask([image(redImage)], { stream: true })],
      expect: [isServed, endsWithDone, finishesOnce],
      applies: isChat({ stream: true, status: 200, where: hasImage }),
    },
    {
      id: 'VIS-09',
      level: 'info',
      kind: 'wire',
      title: 'WebP and GIF are seen or refused with 400',
      source: `${guide}#image-input-requirements; maruel/genai Image-webp, Image-gif`,
      needs: 'vision',
      steps: [[redGif, webp].map((url) => ask([image(url)], { max_tokens: 8 }))],
      expect: [atEveryStep(isServedOrRefused)],
    },
  ],
};
