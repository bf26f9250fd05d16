export async function showSweep() {}
