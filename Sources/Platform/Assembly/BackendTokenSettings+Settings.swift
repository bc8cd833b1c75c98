import GatewayCore
import Settings

extension BackendTokenSettings {
    /// `nil` when backends are told nothing.
    init?(settings: Settings) {
        guard settings[SettingsTable.backendTokensEnabled] else { return nil }
        self.init()
        header = settings[SettingsTable.backendTokenHeader]
        encoding = Encoding(rawValue: settings[SettingsTable.backendTokenEncoding]) ?? .base64
        dialect = settings[SettingsTable.backendTokenDialect]
        isSigned = settings[SettingsTable.backendTokenAlgorithm] != "NONE"
        namesKey = settings[SettingsTable.backendTokenNamesKey]
        usesSHA256 = settings[SettingsTable.backendTokenUsesSHA256]
        excludedClaims = Set(settings[SettingsTable.backendTokenExcludedClaims])
        showsEmptyAttributes = settings[SettingsTable.backendTokenShowsEmptyAttributes]
        if settings[SettingsTable.backendTokenHasUserClaims] { userClaims = UserClaimSettings(settings: settings) }
        if settings[SettingsTable.introspectionCacheEnabled],
            let seconds = settings[SettingsTable.introspectionCacheTime].seconds
        {
            lifetimeMilliseconds = Int64(max(seconds, 10)) * 1000
        }
    }
}

extension UserClaimSettings {
    fileprivate init(settings: Settings) {
        self.init()
        convertsDialect = settings[SettingsTable.backendTokenConvertsDialect]
        cacheMilliseconds =
            settings[SettingsTable.userClaimCacheEnabled]
            ? Int64(settings[SettingsTable.userClaimCacheTime].seconds ?? 900) * 1000 : 0
    }
}
