use super::{
    dataset::{About, StatDataset, dataset, moment},
    grid::{self, Plan, Sheet},
    layout,
    list::{List, TableOf, cube_of, table_id},
    model::{
        StatCodelist, StatConfig, StatDefaultSelection, StatLanguage, StatLink, StatPageInfo, StatPlacement,
        StatSelection, StatTable, StatTables, StatValueMap, StatVariableSelection, TablesWish,
    },
    px,
    question::{self, FORMATS, Format, Output, Pairs, Question},
    source::StatCube,
    variable::{Column, Known, Variable},
};
use crate::{
    aggregate::{
        Over,
        cube::definition::MOST_CELLS,
        facts,
        service::today,
        table::{MOST_VALUES, Table, title},
        words,
    },
    error::{Code, Error, Result, Violations},
    rate,
    registry::consortium::ConsortiumStatus,
    tenancy::{Extent, Seated, TenantScope},
    text::{Lang, Languages},
};

/// A library is in so many consortia at the most.
const MOST_TABLES: u64 = 1_000;
/// So many tables on a page when nothing else is said.
const PAGE: i64 = 20;
const MOST_ON_A_PAGE: i64 = 100;

/// The languages that names, definitions and messages are in, as they call themselves.
const LANGUAGES: [(Lang, &str); 6] = [
    (Lang::Nb, "Norsk bokmål"),
    (Lang::Nn, "Norsk nynorsk"),
    (Lang::Sv, "Svenska"),
    (Lang::Da, "Dansk"),
    (Lang::Fi, "Suomi"),
    (Lang::En, "English"),
];

/// A question as it came: the parameters of an address, or a body with some beside it.
pub enum Asked {
    Address(Pairs),
    Body(StatSelection, Pairs),
}

/// An answer as it is written.
pub enum Written {
    Dataset(Box<StatDataset>),
    Csv(Vec<u8>),
    Px(Vec<u8>),
    Xlsx(Vec<u8>),
}

/// Over what a table is, if it is one.
pub fn of_table(id: &str) -> Option<Extent> {
    cube_of(id).ok().map(|(_, extent)| extent)
}

/// As what a table's file is saved.
pub fn file_of(id: &str) -> &'static str {
    cube_of(id).map_or("table", |(cube, _)| cube.word())
}

/// Over what the table of a code list is, if it is one.
pub fn of_codelist(id: &str) -> Option<Extent> {
    List::find(id).map(|(_, extent)| extent)
}

/// What the service offers. `calls`: so many of one account in a window; none: as many as it likes.
pub fn config(scope: &TenantScope, calls: Option<u32>, lang: Option<&str>) -> Result<StatConfig> {
    question::language(lang)?;
    let label =
        |(lang, name): (Lang, &str)| StatLanguage { id: lang.tag().to_owned(), label: name.to_owned() };
    Ok(StatConfig {
        api_version: "2.0.0".to_owned(),
        app_version: env!("CARGO_PKG_VERSION").to_owned(),
        languages: LANGUAGES.map(label).to_vec(),
        default_language: Languages::accept(None).first().tag().to_owned(),
        max_data_cells: MOST_VALUES,
        // Readers keep it in 32 bits with a sign.
        max_calls_per_time_window: calls.unwrap_or(i32::MAX as u32),
        time_window: rate::WINDOW,
        license: words::word("licence.competences", scope.languages()).text,
        default_data_format: FORMATS.map(|(name, _)| name.to_owned())[0].clone(),
        data_formats: FORMATS.map(|(name, _)| name.to_owned()).to_vec(),
    })
}

/// The tables of the consortia in which the caller has a seat, and those of the node.
pub async fn tables(scope: &TenantScope, wish: TablesWish) -> Result<StatTables> {
    let mut violations = Violations::default();
    violations.between("pageNumber", wish.page_number, 1, i64::from(i32::MAX));
    violations.between("pageSize", wish.page_size, 1, MOST_ON_A_PAGE);
    violations.between("pastDays", wish.past_days, 1, i64::from(i32::MAX));
    if wish.query.as_ref().is_some_and(|text| text.chars().count() > 200) {
        violations.add_with("query", "too_long", &[("max", "200")]);
    }
    question::refused(violations)?;
    question::language(wish.lang.as_deref())?;
    let languages = scope.languages();
    let rows = scope.figures().read().await?.seated(None, MOST_TABLES).await?;
    let sought = wish.query.unwrap_or_default().to_lowercase();
    let each = rows.chunks(1).map(|row| Whose::of(Extent::over(row.iter().map(|row| row.id).collect()), row));
    let mut tables = Vec::new();
    // The operator is no library, and reads none of their things.
    let node = (!scope.caller().is_operator()).then(|| Whose::of(Extent::Node, &[]));
    for whose in each.chain(node) {
        let whose = whose?;
        for cube in StatCube::of(&whose.over.extent) {
            let table = shape(cube, &whose, languages);
            let found = table.label.to_lowercase().contains(&sought) || table.id.contains(&sought);
            if found && (wish.include_discontinued == Some(true) || !table.discontinued) {
                tables.push(table);
            }
        }
    }
    let number = |wished: Option<i64>, other: i64| usize::try_from(wished.unwrap_or(other)).unwrap_or(1);
    let (page, size) = (number(wish.page_number, 1), number(wish.page_size, PAGE));
    let total = tables.len();
    let on_page = tables.into_iter().skip(size.saturating_mul(page.saturating_sub(1))).take(size);
    Ok(StatTables {
        language: languages.first().tag().to_owned(),
        tables: on_page.collect(),
        page: StatPageInfo {
            page_number: page,
            page_size: size,
            total_elements: total,
            total_pages: total.div_ceil(size).max(1),
        },
        links: vec![link("self", "tables", languages)],
    })
}

/// One table.
pub async fn table(scope: &TenantScope, id: &str, lang: Option<&str>) -> Result<StatTable> {
    question::language(lang)?;
    let (cube, extent) = cube_of(id)?;
    if extent == Extent::Node && scope.caller().is_operator() {
        return Err(Error::not_found());
    }
    let tx = scope.figures().read().await?;
    let mut rows = Vec::new();
    for consortium in extent.consortia() {
        rows.extend(tx.seated(Some(*consortium), 1).await?);
    }
    if rows.len() < extent.consortia().len() {
        return Err(Error::not_found());
    }
    let language = Some(scope.languages().first().tag().to_owned());
    Ok(StatTable { language, ..shape(cube, &Whose::of(extent, &rows)?, scope.languages()) })
}

/// The variables of a table with all the values that they have, and no figures.
pub async fn metadata(scope: &TenantScope, id: &str, lang: Option<&str>) -> Result<StatDataset> {
    question::language(lang)?;
    let (cube, extent) = cube_of(id)?;
    let (languages, as_of) = (scope.languages(), today());
    let source = cube.read(scope, &extent, true, as_of).await?;
    let known = Known { cube, source: &source, as_of, languages };
    let columns =
        Variable::all(cube).map(|variable| known.column(variable)).collect::<Result<Vec<Column>>>()?;
    let stub = columns.iter().filter(|column| column.by.is_some()).count();
    let Table { completeness, definition, .. } = source.table(&[], &[], as_of, MOST_CELLS, languages)?;
    let title = name(cube, source.over(), languages);
    let (definition, completeness, extent) = (&*definition, &completeness, &extent);
    let about = About { cube, extent, title, completeness, definition, path: "metadata" };
    Ok(dataset(&Sheet { columns, stub }, None, about, languages))
}

/// What is answered when nothing is selected.
pub async fn default_selection(
    scope: &TenantScope,
    id: &str,
    lang: Option<&str>,
) -> Result<StatDefaultSelection> {
    let table = table(scope, id, lang).await?;
    let default = question::by_default(cube_of(id)?.0);
    Ok(selected(scope, &default, &format!("tables/{}", table.id), "defaultselection"))
}

/// What a question selects, at an address that ends so, whose figures are beside it.
pub(super) fn selected(
    scope: &TenantScope,
    question: &Question,
    address: &str,
    end: &str,
) -> StatDefaultSelection {
    let languages = scope.languages();
    let Question { wishes, stub } = question;
    let codes = |wishes: &[question::Wish]| -> Vec<String> {
        wishes.iter().map(|wish| wish.variable.code().to_owned()).collect()
    };
    let (side, top) = wishes.split_at((*stub).min(wishes.len()));
    let placement = StatPlacement { stub: codes(side), heading: codes(top) };
    let one = |wish: &question::Wish| StatVariableSelection {
        variable_code: wish.variable.code().to_owned(),
        codelist: wish.codelist.clone(),
        output_values: wish.single.then(|| "single".to_owned()),
        value_codes: wish.values.clone(),
    };
    StatDefaultSelection {
        language: languages.first().tag().to_owned(),
        selection: wishes.iter().map(one).collect(),
        placement,
        links: vec![
            link("self", &format!("{address}/{end}"), languages),
            link("data", &format!("{address}/data"), languages),
        ],
    }
}

/// Figures.
pub async fn data(scope: &TenantScope, id: &str, asked: Asked) -> Result<Written> {
    let of = cube_of(id)?;
    let (question, output) = match asked {
        Asked::Address(pairs) => question::of_address(&pairs, &of)?,
        Asked::Body(body, pairs) => question::of_body(body, &pairs, &of)?,
    };
    figures(scope, &of, &question, output).await
}

async fn figures(
    scope: &TenantScope,
    (cube, extent): &TableOf,
    question: &Question,
    output: Output,
) -> Result<Written> {
    // What competences were is known; what they will be is not. A commitment may well be asked whether it will be overdue.
    let cube = *cube;
    let latest = (cube == StatCube::Competences).then(today);
    let as_of = question.day(today(), latest)?;
    let source = cube.read(scope, extent, question.divides_by("region"), as_of).await?;
    let languages = scope.languages();
    let known = Known { cube, source: &source, as_of, languages };
    let Plan { sheet, by, only } = grid::plan(question, &known).map_err(finer)?;
    let table = source.table(&by, &only, as_of, MOST_CELLS, languages).map_err(finer)?;
    let values = grid::fill(&sheet, &table);
    let completeness = &table.completeness;
    let title = title(cube.word(), &by, languages);
    let about = About { cube, extent, title, completeness, definition: &table.definition, path: "data" };
    let written = |about: &About<'_>| layout::lines(&sheet, &values, about, output, languages);
    Ok(match output.format {
        Format::JsonStat => Written::Dataset(Box::new(dataset(&sheet, Some(&values), about, languages))),
        Format::Px => Written::Px(px::px(&sheet, &values, &about, languages)),
        Format::Csv => Written::Csv(layout::csv(written(&about), output.separator)?),
        Format::Xlsx => {
            let told = [
                ("definition", &completeness.definition),
                ("source", &completeness.source),
                ("licence", &completeness.licence),
            ];
            let beside = told.map(|(name, label)| [name.to_owned(), String::new(), label.text.clone()]);
            Written::Xlsx(layout::xlsx(written(&about), beside.to_vec())?)
        }
    })
}

/// The cube's own bound is one on cells here too.
fn finer(error: Error) -> Error {
    let bound = error.code == Code::InvalidInput && error.violations.iter().any(|v| v.code == "too_fine");
    if bound { grid::too_many_cells(MOST_CELLS) } else { error }
}

/// A code list with the values that it gathers.
pub async fn codelist(scope: &TenantScope, id: &str, lang: Option<&str>) -> Result<StatCodelist> {
    question::language(lang)?;
    let (list, extent) = List::find(id).ok_or_else(Error::not_found)?;
    let (languages, as_of) = (scope.languages(), today());
    let source = list.cube.read(scope, &extent, false, as_of).await?;
    let known = Known { cube: list.cube, source: &source, as_of, languages };
    let mut values: Vec<StatValueMap> = Vec::new();
    for (of, one) in known.gathered(list)? {
        match values.last_mut().filter(|last| last.code == of.code) {
            Some(last) => last.value_map.push(one.code),
            None => values.push(StatValueMap { code: of.code, label: of.label, value_map: vec![one.code] }),
        }
    }
    Ok(StatCodelist {
        id: list.id(&extent),
        label: Variable::Divided(list.by).name(list.cube, languages),
        language: languages.first().tag().to_owned(),
        languages: LANGUAGES.map(|(lang, _)| lang.tag().to_owned()).to_vec(),
        r#type: "Aggregation".to_owned(),
        elimination: true,
        values,
        links: vec![link("self", &format!("codelists/{}", list.id(&extent)), languages)],
    })
}

pub(super) fn link(rel: &str, path: &str, languages: &Languages) -> StatLink {
    let tag = languages.first().tag();
    StatLink { rel: rel.to_owned(), hreflang: tag.to_owned(), href: format!("/stat/v2/{path}?lang={tag}") }
}

/// What a table is called.
fn name(cube: StatCube, over: &Over, languages: &Languages) -> String {
    format!("{}: {}", words::word(&format!("title.{}", cube.word()), languages).text, over.name(languages))
}

/// Over what a table is.
struct Whose {
    over: Over,
    /// One of its consortia is closed.
    closed: bool,
}

impl Whose {
    fn of(extent: Extent, rows: &[Seated]) -> Result<Self> {
        let names = rows.iter().map(|row| facts::text(&row.names)).collect::<Result<_>>()?;
        let closed = rows.iter().any(|row| row.status == ConsortiumStatus::Closed);
        Ok(Self { over: Over::new(extent, names), closed })
    }
}

fn shape(cube: StatCube, Whose { over, closed }: &Whose, languages: &Languages) -> StatTable {
    let id = table_id(cube, &over.extent);
    let day = today();
    let to = |rel: &str, end: &str| link(rel, &format!("tables/{id}{end}"), languages);
    StatTable {
        r#type: "Table".to_owned(),
        label: name(cube, over, languages),
        description: over.definition(&format!("about.{}", cube.word()), languages).text,
        updated: moment(day),
        first_period: day.to_string(),
        last_period: day.to_string(),
        category: if over.extent == Extent::Node { "internal" } else { "private" }.to_owned(),
        variable_names: Variable::all(cube).map(|variable| variable.name(cube, languages)).collect(),
        discontinued: *closed,
        source: over.source(cube.cited(), languages).text,
        subject_code: cube.word().to_owned(),
        time_unit: "Other".to_owned(),
        links: vec![to("self", ""), to("metadata", "/metadata"), to("data", "/data")],
        language: None,
        id,
    }
}
