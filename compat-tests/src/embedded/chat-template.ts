import { CONTROL_TOKENS, RESULT_CUE, TOOLS_CUE } from './vocabulary.ts';

const { headerStart, headerEnd, endOfTurn, toolCall } = CONTROL_TOKENS;

/**
 * The tiny model's chat template (Jinja), in the manner of Llama 3.1: a header before and an end-of-turn token after each message, the
 * tools in the system message, a call as `<|python_tag|>{"name", "parameters"}`, its result under the role `ipython`.
 * The engine derives its tool-call parser and grammar from it, so the marker before a call must stay.
 */
export const CHAT_TEMPLATE = `
{{- bos_token }}
{%- set system = '' %}
{%- if messages and messages[0].role in ['system', 'developer'] %}
  {%- set system = messages[0].content | trim %}
  {%- set messages = messages[1:] %}
{%- endif %}
{%- if system or tools %}
  {{- '${headerStart}system${headerEnd}\\n\\n' }}
  {%- if tools %}
    {{- '${TOOLS_CUE}: tools\\n\\nTo call one, answer ${toolCall} and {"name": its name, "parameters": its arguments}.\\n\\n' }}
    {%- for tool in tools %}
      {{- tool | tojson }}
      {{- '\\n\\n' }}
    {%- endfor %}
  {%- endif %}
  {{- system + '${endOfTurn}' }}
{%- endif %}
{%- for message in messages %}
  {%- if message.role == 'tool' %}
    {{- '${headerStart}${RESULT_CUE}${headerEnd}\\n\\n' }}
    {{- message.content if message.content is string else message.content | tojson }}
    {{- '${endOfTurn}' }}
  {%- elif message.tool_calls %}
    {{- '${headerStart}assistant${headerEnd}\\n\\n' }}
    {%- for call in message.tool_calls %}
      {{- '${toolCall}{"name": "' + call.function.name + '", "parameters": ' }}
      {{- call.function.arguments | tojson }}
      {{- '}' }}
    {%- endfor %}
    {{- '${endOfTurn}' }}
  {%- else %}
    {{- '${headerStart}' + message.role + '${headerEnd}\\n\\n' + (message.content or '') | trim + '${endOfTurn}' }}
  {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
  {{- '${headerStart}assistant${headerEnd}\\n\\n' }}
{%- endif %}`.trimStart();
