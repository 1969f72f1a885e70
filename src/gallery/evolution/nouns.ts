/** Nouns of many fields, from which instructions begin. */
export const nouns: ReadonlyArray<string> =
  `abbey acoustics algae algorithm alloy altitude anchor antibody apprentice archive arithmetic asteroid astronomy auction axiom
bacteria bakery ballad bamboo barometer basin beekeeper biography blacksmith blueprint botany breeze bridge bronze budget
cactus calendar canal candle canyon caravan carbon cartoon cathedral cavalry census ceramics charcoal chemistry chess choir circuit citizen clarinet clay climate cloud coastline cobalt code coin colony comedy comet compass compost constitution copper coral cotton courier crystal culture current
dairy dam data debate debt delta desert dialect diary diet diplomat disease dialogue dock drought duet dye
earthquake echo eclipse ecology economy election electron elevator embassy emotion empire engine engraving entropy enzyme epic equation erosion estuary ethics evolution exam excavation export
fable fabric factory falcon farmer fashion feather fermentation festival fiction filter fireplace fjord flag flavour fleet flood flute fog folklore forecast forest forge fossil fountain fraction freight frost fuel fungus
galaxy garden garlic gene geometry ghost glacier glass glossary grain grammar granite gravity greenhouse guild guitar
habitat hammer harbour harvest headline heart helmet herb heritage hill honey horizon hospital hurricane hydrogen hypothesis
ice idiom illusion immune import inflation ink inheritance insect instrument insulation insurance interview invention iron irrigation island ivory
jazz jewel journal journey judge jungle jury justice
kettle kinship kitchen kite knot
labour ladder lagoon lamp landscape language lantern lava law leather lemon lens library lighthouse limestone linen lion liquid loan lock logic loom lullaby
machine magnet mammal manuscript map marathon marble market marsh mask mathematics meadow medicine melody membrane memory merchant mercury metaphor meteor microscope migration mill mineral mirror molecule monsoon mortgage mosaic moss motor mountain museum music mushroom myth
navigation needle neuron newspaper noise novel nutrition
oak oasis oath ocean octopus olive opera orbit orchard orchestra organ origami ornament oxygen oyster
paint palace paper parade paradox parliament password patent pathogen pendulum pension perfume permafrost pharmacy philosophy photograph physics pigment pilgrim pilot pipeline planet plankton plaster plough poem polymer population porcelain portrait pottery poverty prism prison probability propaganda protein proverb puppet puzzle pyramid
quarry quartz quilt
rabbit radar radio railway rainbow recipe refugee republic reservoir rhyme rhythm ritual river robot rocket roof rubber ruin rumour
saddle saffron sail salt sandstone satellite satire school sculpture seed semiconductor senate shadow shipwreck silk silver sketch sleep smoke soap software soil sonnet spice spider sponge spring stadium star statistics statue steam steel strategy strike subway sugar sundial surgery swamp symmetry symphony syntax
tapestry tariff tax tea telescope temperature temple textile theatre theorem thermometer thunder tide timber tobacco tomb torch tortoise tournament tower trade tragedy translation treaty triangle tribe tunnel turbine typhoon
umbrella uniform union university uranium
vaccine valley vanilla vault vegetable velocity verdict village vinegar violin virus vitamin volcano voyage
wagon warehouse watch waterfall wave wax weather wedding whale wheat willow wind window wine winter wool workshop writing
yacht yeast zebra zinc zoology`.split(/\s+/)
