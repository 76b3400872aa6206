declare module "virtual:networks" {
  import type { Networks } from "./worker/files";
  /** Their URLs are relative to the page. */
  const networks: Networks & { readonly engineBytes: number };
  export default networks;
}
