-- RS256 verification for the nginx peer, by FFI into OpenSSL, with a table of verified tokens in each worker.
local ffi = require "ffi"
ffi.cdef [[
typedef struct bio_st BIO; typedef struct evp_pkey_st EVP_PKEY; typedef struct evp_md_ctx_st EVP_MD_CTX; typedef struct evp_md_st EVP_MD;
BIO *BIO_new_mem_buf(const void *buf, int len);
EVP_PKEY *PEM_read_bio_PUBKEY(BIO *bp, EVP_PKEY **x, void *cb, void *u);
EVP_MD_CTX *EVP_MD_CTX_new(void); void EVP_MD_CTX_free(EVP_MD_CTX *ctx);
const EVP_MD *EVP_sha256(void);
int EVP_DigestVerifyInit(EVP_MD_CTX *ctx, void **pctx, const EVP_MD *type, void *e, EVP_PKEY *pkey);
int EVP_DigestVerify(EVP_MD_CTX *ctx, const unsigned char *sig, size_t siglen, const unsigned char *tbs, size_t tbslen);
]]
local crypto = ffi.load "libcrypto.so.3"
local file = assert(io.open "@PEM@")
local pem = file:read "*a"
file:close()
local key = crypto.PEM_read_bio_PUBKEY(crypto.BIO_new_mem_buf(pem, #pem), nil, nil, nil)
assert(key ~= nil, "no public key")

local verified, count = {}, 0

-- Which APIs an application is subscribed to, by consumer key.
local subscriptions = { ["@CONSUMER-KEY@"] = {} }
for number = 0, @APIS@ - 1 do subscriptions["@CONSUMER-KEY@"]["api" .. number] = true end

local function decode(text)
    text = text:gsub("-", "+"):gsub("_", "/")
    return ngx.decode_base64(text .. string.rep("=", -#text % 4))
end

local function verify(token)
    local head, payload, signature = token:match "^([%w_-]+)%.([%w_-]+)%.([%w_-]+)$"
    if not head then return nil end
    local bytes, signed = decode(signature), head .. "." .. payload
    local context = crypto.EVP_MD_CTX_new()
    local ok = crypto.EVP_DigestVerifyInit(context, nil, crypto.EVP_sha256(), nil, key) == 1
        and crypto.EVP_DigestVerify(context, bytes, #bytes, signed, #signed) == 1
    crypto.EVP_MD_CTX_free(context)
    if not ok then return nil end
    local claims = decode(payload)
    local application = claims:match '"azp":"([^"]*)"'
    if not subscriptions[application] then return nil end
    return { subject = claims:match '"sub":"([^"]*)"', application = application, expires = tonumber(claims:match '"exp":(%d+)') or 0 }
end

function authenticate()
    local token = (ngx.var.http_authorization or ""):match "^Bearer (.+)$"
    if not token then return ngx.exit(401) end
    local claims = verified[token]
    if not claims then
        claims = verify(token)
        if not claims then return ngx.exit(401) end
        if count >= 10000 then verified, count = {}, 0 end
        verified[token], count = claims, count + 1
    end
    if claims.expires < ngx.time() then return ngx.exit(401) end
    if not subscriptions[claims.application][ngx.var.api] then return ngx.exit(403) end
    ngx.var.application = claims.application
    ngx.req.set_header("X-Sub", claims.subject)
end
