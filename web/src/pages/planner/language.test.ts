import { expect, test } from "vitest";
import { isForeign } from "./language";

const SPANISH = `cambio de aceite
cambio de aceite y filtro
reparación de auto
taller mecánico
taller mecánico cerca de mi
mejor taller de motos
mecánico a domicilio
cuánto cuesta el cambio de frenos
pastillas de freno para el coche
cómo cambiar los frenos
alineación y balanceo`.split("\n");
const ENGLISH = `brake pads
best brake pads
how to change brake pads
what is an oil change
oil change near me
wheel alignment cost
how long does it take to change the oil
tires for a toyota corolla
car repair in madrid
la brake shop`.split("\n");
const NAMES = "toyota corolla|bosch s4|michelin pilot sport|vw golf gti|castrol edge|brembo|de walt|la roche".split(
  "|",
);

test("a list in another language is told, a list of names is not", () => {
  for (const site of ["en", "en-GB", "de", "fr", "it", "pt-BR", "nl"])
    expect(isForeign(SPANISH, site), site).toBe(true);
  for (const site of ["es", "es-419"]) expect(isForeign(SPANISH, site), site).toBe(false);
  for (const site of ["es", "de", "fr", "it", "pt", "nl"]) expect(isForeign(ENGLISH, site), site).toBe(true);
  for (const site of ["en", "pl", "sv"]) expect(isForeign(ENGLISH, site), site).toBe(false);
  for (const site of ["en", "es", "de", "nl", "pl"]) expect(isForeign(NAMES, site), site).toBe(false);
});

test("so is a list in another script; a few keywords say nothing", () => {
  expect(isForeign(ENGLISH, "ja")).toBe(true);
  const russian = "замена масла|тормозные колодки|ремонт авто|шины bosch|аккумулятор|автосервис".split("|");
  expect(isForeign(russian, "en")).toBe(true);
  expect(isForeign(russian, "ru")).toBe(false);
  expect(isForeign([...russian, ...NAMES], "ru")).toBe(false);
  expect(isForeign(SPANISH.slice(0, 4), "en")).toBe(false);
  expect(isForeign([...ENGLISH, ...SPANISH], "en")).toBe(false);
  expect(isForeign([], "en")).toBe(false);
});
