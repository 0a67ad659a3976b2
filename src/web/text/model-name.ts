// A model's name without its version: "minilm@3f2a91c07d4e" as "minilm".

export function modelName(version: string): string {
  return version.replace(/@[^@]*$/, "");
}
