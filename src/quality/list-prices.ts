// List prices of hosted embedding APIs, for "what the same tokens would have cost". Prices change: the table carries where and
// when each was read, and a caller may give his own.

export type ListPrice = {
  provider: string;
  model: string;
  usdPerMillionTokens: number;
  /** When the source was written or read, as YYYY-MM. */
  asOf: string;
  source: string;
};

/** Text input, standard (not batch) price, in US dollars without tax. */
export const defaultListPrices: readonly ListPrice[] = [
  {
    provider: "OpenAI",
    model: "text-embedding-3-small",
    usdPerMillionTokens: 0.02,
    asOf: "2026-11",
    source: "https://developers.openai.com/api/docs/models/text-embedding-3-large",
  },
  {
    provider: "OpenAI",
    model: "text-embedding-3-large",
    usdPerMillionTokens: 0.13,
    asOf: "2026-11",
    source: "https://developers.openai.com/api/docs/models/text-embedding-3-large",
  },
  {
    provider: "Google",
    model: "gemini-embedding-001",
    usdPerMillionTokens: 0.15,
    asOf: "2026-11",
    source: "https://vercel.com/ai-gateway/models/gemini-embedding-001",
  },
  {
    provider: "Mistral",
    model: "mistral-embed",
    usdPerMillionTokens: 0.1,
    asOf: "2026-11",
    source: "https://opencode.ai/data/mistral/mistral-embed",
  },
  {
    provider: "Voyage AI",
    model: "voyage-4",
    usdPerMillionTokens: 0.06,
    asOf: "2026-11",
    source: "https://vercel.com/ai-gateway/models/voyage-4",
  },
  {
    provider: "Cohere",
    model: "embed-v4.0",
    usdPerMillionTokens: 0.12,
    asOf: "2026-06",
    source: "https://developer.puter.com/tutorials/cohere-api-pricing/",
  },
];
