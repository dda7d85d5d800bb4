//! What the pages say. The tools themselves speak English only.

use crate::text::Lang;

/// No text holds a character that HTML would read.
pub(super) struct Texts {
    pub lang: Lang,
    pub what: &'static str,
    pub who: &'static str,
    pub rest: &'static str,
    pub graphql: &'static str,
    pub openapi: &'static str,
    pub script: &'static str,
    pub token: &'static str,
}

pub(super) const ENGLISH: Texts = Texts {
    lang: Lang::En,
    what: "This is a node of Samvirke, where regional libraries find out what they are good at together.",
    who: "It is programs that talk to it. Those who write them find here what they need:",
    rest: "REST reference",
    graphql: "Try out GraphQL (GraphiQL)",
    openapi: "OpenAPI document",
    script: "This page needs JavaScript.",
    token: "Put your token into the Headers tab below, after Bearer.",
};

pub(super) const TEXTS: [Texts; 6] = [
    Texts {
        lang: Lang::Nb,
        what: "Dette er en node i Samvirke, der regionale bibliotek finner ut hva de er gode på sammen.",
        who: "Det er programmer som snakker med den. De som skriver dem, finner det de trenger her:",
        rest: "REST-referanse",
        graphql: "Prøv GraphQL (GraphiQL)",
        openapi: "OpenAPI-dokument",
        script: "Denne siden trenger JavaScript.",
        token: "Sett inn tokenet ditt etter Bearer i fanen Headers nedenfor.",
    },
    Texts {
        lang: Lang::Nn,
        what: "Dette er ein node i Samvirke, der regionale bibliotek finn ut kva dei er gode på saman.",
        who: "Det er program som snakkar med han. Dei som skriv dei, finn det dei treng her:",
        rest: "REST-referanse",
        graphql: "Prøv GraphQL (GraphiQL)",
        openapi: "OpenAPI-dokument",
        script: "Denne sida treng JavaScript.",
        token: "Set inn tokenet ditt etter Bearer i fana Headers nedanfor.",
    },
    Texts {
        lang: Lang::Sv,
        what: "Det här är en nod i Samvirke, där regionala bibliotek tar reda på vad de är bra på tillsammans.",
        who: "Det är program som talar med den. Den som skriver dem hittar det som behövs här:",
        rest: "REST-referens",
        graphql: "Prova GraphQL (GraphiQL)",
        openapi: "OpenAPI-dokument",
        script: "Den här sidan behöver JavaScript.",
        token: "Lägg in din token efter Bearer på fliken Headers nedan.",
    },
    Texts {
        lang: Lang::Da,
        what: "Dette er en node i Samvirke, hvor regionale biblioteker finder ud af, hvad de er gode til sammen.",
        who: "Det er programmer, der taler med den. Den, der skriver dem, finder det nødvendige her:",
        rest: "REST-reference",
        graphql: "Prøv GraphQL (GraphiQL)",
        openapi: "OpenAPI-dokument",
        script: "Denne side kræver JavaScript.",
        token: "Indsæt dit token efter Bearer på fanen Headers nedenfor.",
    },
    Texts {
        lang: Lang::Fi,
        what: "Tämä on Samvirken solmu. Samvirkessä alueelliset kirjastot selvittävät, missä ne ovat yhdessä hyviä.",
        who: "Solmun kanssa keskustelevat ohjelmat. Niiden tekijät löytävät tarvitsemansa täältä:",
        rest: "REST-rajapinnan kuvaus",
        graphql: "Kokeile GraphQL:ää (GraphiQL)",
        openapi: "OpenAPI-kuvaus",
        script: "Tämä sivu tarvitsee JavaScriptin.",
        token: "Lisää valtuutuksesi Bearer-sanan jälkeen alla olevalle Headers-välilehdelle.",
    },
    ENGLISH,
];
